/** Undoes of verdicts, one after the other: an undo may have to read its group first. */
import { lastStep } from "../../state/review/order";
import type { Entry, ReviewEvent, Sitting } from "../../state/review/sitting";
import { hasVerdicts } from "../../state/review/verdicts";
import { groupTitle } from "../../words/groups";
import { changedText } from "../../words/review/verdicts";
import type { Actions } from "../actions";
import type { Writes } from "./writes";

interface Around {
  readonly actions: Actions;
  readonly get: () => Sitting;
  readonly apply: (event: ReviewEvent) => void;
  readonly go: (index: number) => void;
  readonly read: (entries: readonly Entry[]) => Promise<void>;
  readonly write: Writes["write"];
}

export function makeUndos({ actions, get, apply, go, read, write }: Around) {
  let tail: Promise<void> = Promise.resolve();
  let underWay = 0;

  /** Takes back the newest verdict of this browser whose group is listed, also one from before a reload or of another tab. */
  async function undoLast(): Promise<void> {
    apply({ type: "steps", steps: actions.steps.read() });
    const last = lastStep(get());
    if (last === null) return;
    const { step, entry, index } = last;
    go(index);
    if (!get().groups.has(entry.key)) await read([entry]);
    const group = get().groups.get(entry.key);
    if (group === undefined || !get().undo.includes(step)) return;
    apply({ type: "undone", step });
    if (group !== null && hasVerdicts(group, step.given)) write(entry, step.before, true, "Undone.");
    else if (group !== null) apply({ type: "notice", notice: { text: changedText(groupTitle(group)), key: entry.key } });
  }

  /** Counts as a verdict that is not stored yet, so that nothing is applied in between. */
  function undo(): void {
    apply({ type: "pending", change: 1 });
    // the first one is drawn at once
    const undone = underWay++ === 0 ? undoLast() : tail.then(undoLast);
    tail = undone.finally(() => {
      underWay--;
      apply({ type: "pending", change: -1 });
    });
  }

  return { undo, ended: () => tail };
}
