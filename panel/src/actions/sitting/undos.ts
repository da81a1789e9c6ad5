/** Undoes of verdicts, one after the other: an undo may have to read its group first. */
import { lastStep } from "../../state/review/order";
import type { ReviewEvent } from "../../state/review/events";
import type { Entry, Sitting } from "../../state/review/sitting";
import { hasVerdicts } from "../../state/review/verdicts";
import { groupTitle } from "../../words/groups";
import { changedText, NOTHING_TEXT, notUndoneText } from "../../words/review/verdicts";
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
    if (last === null) return apply({ type: "notice", notice: { text: NOTHING_TEXT, key: null } });
    const { step, entry, index } = last;
    go(index);
    if (!get().groups.has(entry.key)) await read([entry]);
    const group = get().groups.get(entry.key);
    if (group === undefined || !get().undo.includes(step)) return;
    apply({ type: "undone", step });
    if (group !== null && hasVerdicts(group, step.given)) write(entry, step.before, true, "Undone.");
    else if (group !== null) apply({ type: "notice", notice: { text: changedText(groupTitle(group)), key: entry.key } });
  }

  /** After a verdict that was not stored, Z would take back one that the person does not think of. */
  function skip(): void {
    const last = lastStep(get());
    const group = last && get().groups.get(last.entry.key);
    apply({ type: "refused", refused: false });
    apply({ type: "notice", notice: { text: notUndoneText(last === null ? null : group ? groupTitle(group) : "another group"), key: last?.entry.key ?? null } });
  }

  /** Counts as a verdict that is not stored yet, so that nothing is applied in between. */
  function undo(): void {
    if (get().refused) return skip();
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
