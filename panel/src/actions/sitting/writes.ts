/** Verdicts on their way to the server: drawn at once, stored in order, and taken back if they cannot be stored. */
import type { AnswerOf } from "../../protocol/messages";
import type { ReviewGroup } from "../../protocol/review";
import type { ReviewEvent } from "../../state/review/events";
import type { Entry, Sitting } from "../../state/review/sitting";
import { type Known, knownOf, pairKey } from "../../state/review/verdicts";
import { groupTitle } from "../../words/groups";
import { conflictText, deletedText, notStoredText, resentText } from "../../words/review/verdicts";
import type { Actions } from "../actions";
import { newRunId } from "../context";

export type Writes = ReturnType<typeof makeWrites>;

interface Around {
  readonly actions: Actions;
  readonly now: () => string;
  readonly get: () => Sitting;
  readonly apply: (event: ReviewEvent) => void;
  readonly reread: (entry: Entry) => void;
  /** Notes what an answer says of the verdicts of others. */
  readonly note: (others: string) => void;
}

type Answer = AnswerOf<"judge_pairs">;

function isStored(answer: Answer): boolean {
  return answer.conflicts.length === 0 && !answer.gone;
}

export function makeWrites({ actions, now, get, apply, reread, note }: Around) {
  /** The number of writes that are not stored yet, by group. */
  const writing = new Map<string, number>();
  /** When the verdict of a pair was stored, according to what this browser has read. */
  const seen = new Map<string, string | null>();
  /** The number of writes that were refused, by group: what was given before the person saw that is not sent. */
  const refusals = new Map<string, number>();
  let tail: Promise<void> = Promise.resolve();
  let resent = false;

  /** Draws verdicts and stores them. */
  function write(entry: Entry, known: readonly Known[], undoes: boolean, announced: string): void {
    const group = get().groups.get(entry.key);
    const before = group ? knownOf(group, known) : [];
    apply({ type: "judge", key: entry.key, known, step: undoes ? null : { key: entry.key, before, given: known }, announced });
    apply({ type: "pending", change: 1 });
    writing.set(entry.key, (writing.get(entry.key) ?? 0) + 1);
    const refusedBefore = refusals.get(entry.key) ?? 0;
    const id = newRunId();
    const mine = actions.reviewer() || null;
    const asked = () =>
      known.map(({ label_ids, judged }) => ({
        label_ids,
        verdict: judged?.verdict ?? null,
        kept: judged?.kept ?? null,
        seen: seen.get(pairKey(label_ids)) ?? null,
        ...(judged === null || judged.who === mine ? {} : { who: judged.who }),
      }));
    actions.unsent.add({ id, document_id: entry.document_id, verdicts: asked() });
    tail = tail.then(async () => {
      const isSent = (refusals.get(entry.key) ?? 0) === refusedBefore;
      const answer = isSent ? await actions.judgePairs(entry.document_id, asked()) : null;
      actions.unsent.drop(id);
      const left = (writing.get(entry.key) ?? 1) - 1;
      writing.set(entry.key, left);
      apply({ type: "pending", change: -1 });
      if (answer !== null) note(answer.others);
      if (isSent) settle(entry, before, answer);
      else {
        apply({ type: "took back", key: entry.key });
        // the undo took back what was refused
        if (undoes) apply({ type: "refused", refused: false });
        if (left === 0) reread(entry);
        return;
      }
      // the plan's choice without the verdict, and who else gave it, are known to the server alone
      const others = answer?.stored.some(({ at }, k) => at !== null && known[k]?.judged === null) ?? false;
      if ((undoes || others) && left === 0) reread(entry);
    });
  }

  /** Stores what was not sent when the page was closed, in order. What another person decided since is not replaced. */
  function resend(): void {
    const list = actions.unsent.all();
    if (list.length === 0) return;
    tail = tail.then(async () => {
      let [stored, lost] = [0, 0];
      for (const { id, document_id, verdicts } of list) {
        const answer = await actions.judgePairs(document_id, verdicts);
        actions.unsent.drop(id);
        if (answer !== null && isStored(answer)) stored += verdicts.length;
        else lost += verdicts.length;
      }
      resent = true;
      apply({ type: "notice", notice: { text: resentText(stored, lost), key: null } });
    });
  }

  /** Keeps what was stored, or takes the verdict back where it was not. */
  function settle(entry: Entry, before: readonly Known[], answer: Answer | null): void {
    const group = get().groups.get(entry.key);
    const title = group ? groupTitle(group) : "these labels";
    if (answer !== null && isStored(answer)) {
      for (const { label_ids, at } of answer.stored) seen.set(pairKey(label_ids), at);
      apply({ type: "counted more", change: answer.delta.by_verdicts });
      return;
    }
    const theirs = (answer?.conflicts ?? []).map(({ label_ids, verdict, kept, who, at }): Known => ({ label_ids, judged: verdict === null ? null : { verdict, kept, who, at: at ?? now() } }));
    const others = new Map(theirs.map((one) => [pairKey(one.label_ids), one]));
    const known = before.map((one) => others.get(pairKey(one.label_ids)) ?? one);
    apply({ type: "judge", key: entry.key, known, step: null, announced: "" });
    refusals.set(entry.key, (refusals.get(entry.key) ?? 0) + 1);
    apply({ type: "took back", key: entry.key });
    for (const { label_ids, at } of answer?.conflicts ?? []) seen.set(pairKey(label_ids), at);
    const [first] = answer?.conflicts ?? [];
    const why = answer?.gone === true ? deletedText(title) : notStoredText(title);
    const text = first === undefined ? why : conflictText(first.who, first.verdict, first.at, title, Date.parse(now()));
    apply({ type: "notice", notice: { text, key: entry.key } });
  }

  return {
    write,
    resend,
    isWriting: (key: string) => (writing.get(key) ?? 0) > 0,
    /** Notes when the verdicts of pairs that were read were stored. */
    note(pairs: ReviewGroup["pairs"]): void {
      for (const { label_ids, verdict } of pairs) seen.set(pairKey(label_ids), verdict?.at ?? null);
    },
    stored: () => tail,
    wrote: () => resent || writing.size > 0,
  };
}
