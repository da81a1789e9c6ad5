/** Verdicts that are not stored yet, kept by the browser so that closing the page loses none, and the steps that can be undone. */
import type { Host } from "../host/host";
import { isRecord } from "../protocol/schema";
import { MOST_UNDO, type Step } from "../state/review/sitting";
import type { Asked } from "../state/review/verdicts";

export interface Unsent {
  readonly id: string;
  readonly document_id: string;
  readonly verdicts: readonly Asked[];
}

export type UnsentList = ReturnType<typeof makeUnsent>;

/** The verdicts on labels of one dataset. Other tabs of the browser have the same list. */
export function makeUnsent(browser: () => Host["browser"], dataset: () => string) {
  const list = makeList(browser, () => `unsent:${dataset()}`, isUnsent);
  return {
    all: list.read,
    add: (one: Unsent) => list.write([...list.read(), one]),
    drop: (id: string) => list.write(list.read().filter((one) => one.id !== id)),
  };
}

/** The verdicts on labels of one dataset that Z takes back, oldest first. Other tabs of the browser have the same list. */
export function makeSteps(browser: () => Host["browser"], dataset: () => string) {
  const list = makeList(browser, () => `undo:${dataset()}`, isStep);
  return {
    read: list.read,
    /** Changes the list as this tab changed it, and leaves what other tabs added. */
    change(before: readonly Step[], after: readonly Step[]): void {
      if (before === after) return;
      const [had, has] = [new Set(before.map(textOf)), new Set(after.map(textOf))];
      const kept = list.read().filter((step) => !had.has(textOf(step)) || has.has(textOf(step)));
      list.write([...kept, ...after.filter((step) => !had.has(textOf(step)))].slice(-MOST_UNDO));
    },
  };
}

const textOf = (step: Step) => JSON.stringify(step);

function makeList<T>(browser: () => Host["browser"], name: () => string, isOne: (value: unknown) => value is T) {
  return {
    read(): readonly T[] {
      try {
        const kept: unknown = JSON.parse(browser().read(name()) ?? "[]");
        return Array.isArray(kept) ? kept.filter(isOne) : [];
      } catch {
        return [];
      }
    },
    write: (list: readonly T[]) => browser().write(name(), JSON.stringify(list)),
  };
}

function isStep(value: unknown): value is Step {
  return isRecord(value) && typeof value.key === "string" && Array.isArray(value.before) && Array.isArray(value.given);
}

function isUnsent(value: unknown): value is Unsent {
  return isRecord(value) && typeof value.id === "string" && typeof value.document_id === "string" && Array.isArray(value.verdicts);
}
