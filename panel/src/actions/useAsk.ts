import * as React from "react";
import type { Host } from "../host/host";
import type { AnswerOf, MessageName, RequestOf } from "../protocol/messages";
import { Latest } from "../state/latest";
import type { Event } from "../state/model";

/** Asks the server. Resolves to `null` for a failure, which the panel shows, and for an outdated answer. */
export type Ask = <M extends MessageName>(
  message: M,
  request: RequestOf<M>,
  /** A request outdates the earlier ones of its channel, by default those of the same message. */
  channel?: string,
) => Promise<AnswerOf<M> | null>;

export function useAsk(host: Host, dispatch: React.Dispatch<Event>): Ask {
  const latest = React.useRef(new Latest());
  const hostRef = React.useRef(host);
  hostRef.current = host;
  return React.useCallback<Ask>(
    async (message, request, channel = message) => {
      const id = latest.current.next(channel);
      const reply = await hostRef.current.ask(message, request, id);
      if (latest.current.isLate(channel, id)) return null;
      if (reply.ok) return reply.answer;
      dispatch({ type: "failed", failure: { ...reply.error, request: message } });
      return null;
    },
    [dispatch],
  );
}
