/** Turns whatever the App hands to a callback into a reply that the panel can trust. */
import { isRecord } from "../protocol/schema";
import { type AnswerOf, type Failure, failureShape, MESSAGES, type MessageName, type Reply } from "../protocol/messages";

export const NO_ANSWER = {
  error: "no answer",
  errorMessage: "The Python half of this panel did not answer.",
} as const;

const ASK_AGAIN = "Try again; if it happens again, restart the App and look at its log.";

export function replyOf<M extends MessageName>(message: M, requestId: number, answer: unknown): Reply<M> {
  if (!isRecord(answer)) return failed("The App gave no answer.");
  if (answer.error) {
    const said = typeof answer.errorMessage === "string" ? answer.errorMessage : "The App reported an error.";
    return failed(said, String(answer.error));
  }
  const { result } = answer;
  if (!isRecord(result)) return failed("The App gave an empty answer.");
  if (result.ok === false && failureShape.check(result.error, "error") === null) {
    return { ok: false, error: result.error as Failure };
  }
  const fault =
    result.request_id === requestId
      ? MESSAGES[message].reply.check(result, message)
      : `${message}: expected the answer to request ${requestId}, got ${String(result.request_id)}`;
  if (fault !== null) return failed("The two halves of this panel do not understand each other.", fault);
  return { ok: true, answer: result as AnswerOf<M> };
}

function failed(message: string, details?: string): { ok: false; error: Failure } {
  return { ok: false, error: { message, advice: ASK_AGAIN, ...(details === undefined ? {} : { details }) } };
}
