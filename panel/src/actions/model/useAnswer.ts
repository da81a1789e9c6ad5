import * as React from "react";
import type { Failure } from "../../protocol/messages";

type Outcome<T> = { ok: true; answer: T } | { ok: false; error: Failure };

export interface Answer<T> {
  readonly answer: T | null;
  readonly failure: Failure | null;
  readonly again: () => void;
}

interface Found<T> {
  readonly key: string;
  readonly outcome: Outcome<T>;
}

/** The answer to the request that `key` identifies. Another key makes another request; `null` makes none. */
export function useAnswer<T>(key: string | null, ask: () => Promise<Outcome<T>>, settleMs = 0): Answer<T> {
  const [version, setVersion] = React.useState(0);
  const [found, setFound] = React.useState<Found<T> | null>(null);
  const latest = React.useRef(ask);
  latest.current = ask;
  const again = React.useCallback(() => {
    setFound(null);
    setVersion((old) => old + 1);
  }, []);

  React.useEffect(() => {
    if (key === null) return;
    let late = false;
    const timer = setTimeout(() => {
      void latest.current().then((outcome) => !late && setFound({ key, outcome }));
    }, settleMs);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [key, version, settleMs]);

  const outcome = found !== null && found.key === key ? found.outcome : null;
  return { answer: outcome?.ok ? outcome.answer : null, failure: outcome?.ok === false ? outcome.error : null, again };
}
