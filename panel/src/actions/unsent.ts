/** Verdicts that are not stored yet, kept by the browser so that closing the page loses none. */
import type { Host } from "../host/host";
import { isRecord } from "../protocol/schema";
import type { Asked } from "../state/review/verdicts";

export interface Unsent {
  readonly id: string;
  readonly document_id: string;
  readonly verdicts: readonly Asked[];
}

export type UnsentList = ReturnType<typeof makeUnsent>;

/** The verdicts on labels of one dataset. Other tabs of the browser have the same list. */
export function makeUnsent(browser: () => Host["browser"], dataset: () => string) {
  const name = () => `unsent:${dataset()}`;

  function all(): readonly Unsent[] {
    try {
      const kept: unknown = JSON.parse(browser().read(name()) ?? "[]");
      return Array.isArray(kept) ? kept.filter(isUnsent) : [];
    } catch {
      return [];
    }
  }

  function keep(list: readonly Unsent[]): void {
    browser().write(name(), JSON.stringify(list));
  }

  return {
    all,
    add: (one: Unsent) => keep([...all(), one]),
    drop: (id: string) => keep(all().filter((one) => one.id !== id)),
  };
}

function isUnsent(value: unknown): value is Unsent {
  return isRecord(value) && typeof value.id === "string" && typeof value.document_id === "string" && Array.isArray(value.verdicts);
}
