/** Validation of what the App passes to a callback. */
import { type AnswerOf, type Failure, failureSchema, type MessageName, MESSAGES, type Reply } from "../protocol/messages";
import { isRecord } from "../protocol/schema";

export const NO_ANSWER = {
  error: "no answer",
  errorMessage: "The server did not answer.",
} as const;

const ASK_AGAIN = "Try again. If it happens again, restart the App and check its log.";

export function replyOf<M extends MessageName>(message: M, requestId: number, answer: unknown): Reply<M> {
  if (!isRecord(answer)) return failed("The App returned no answer.");
  if (answer.error) {
    const reported = typeof answer.errorMessage === "string" ? answer.errorMessage : "The App reported an error.";
    return failed(reported, String(answer.error));
  }
  const { result } = answer;
  if (!isRecord(result)) return failed("The App returned an empty answer.");
  if (result.ok === false && failureSchema.check(result.error, "error") === null) {
    return { ok: false, error: result.error as Failure };
  }
  const fault =
    result.request_id === requestId
      ? MESSAGES[message].reply.check(result, message)
      : `${message}: expected the answer to request ${requestId}, got ${String(result.request_id)}`;
  if (fault !== null) return failed("The panel and the server are out of sync. Reload the page.", fault);
  return { ok: true, answer: result as AnswerOf<M> };
}

function failed(message: string, details?: string): { ok: false; error: Failure } {
  return { ok: false, error: { message, advice: ASK_AGAIN, ...(details === undefined ? {} : { details }) } };
}
