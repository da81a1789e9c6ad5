/** The events of a sitting of Review. Verdicts are drawn before they are stored. */
import type { AnswerOf, Picture } from "../../protocol/messages";
import type { ReviewGroup } from "../../protocol/review";
import { AHEAD, type Entry, MOST_UNDO, NONE, type Notice, type Sitting, type Step, type Tally } from "./sitting";
import { groupKey, type Known, withVerdicts } from "./verdicts";

/** The most groups, and pictures, that are kept. */
const MOST_KEPT = 48;

export type ReviewEvent =
  | { type: "listing" }
  | { type: "listed"; answer: AnswerOf<"review_queue">; at: readonly string[]; documentId: string | null }
  | { type: "relisted"; answer: AnswerOf<"review_queue">; undecided: boolean }
  | { type: "groups"; asked: readonly Entry[]; groups: readonly ReviewGroup[] }
  | { type: "picture"; key: string; picture: Picture | null }
  | { type: "go"; index: number; announced?: string }
  | { type: "skip"; key: string }
  | { type: "pick"; id: string; announced: string }
  | { type: "hide"; id: string }
  | { type: "judge"; key: string; known: readonly Known[]; step: Step | null; announced: string }
  | { type: "steps"; steps: readonly Step[] }
  | { type: "undone"; step: Step }
  | { type: "took back"; key: string }
  | { type: "refused"; refused: boolean }
  | { type: "pending"; change: 1 | -1 }
  | { type: "counted"; byVerdicts: number | null }
  | { type: "counted more"; change: number }
  | { type: "progress"; answer: AnswerOf<"review_progress"> }
  | { type: "notice"; notice: Notice | null };

export function reduceReview(sitting: Sitting, event: ReviewEvent): Sitting {
  switch (event.type) {
    case "listing":
      return { ...sitting, entries: null, groups: new Map(), pictures: new Map(), picked: null, hidden: NONE, skipped: NONE };
    case "listed":
      return listed(sitting, event.answer, event.at, event.documentId);
    case "relisted":
      return relisted(sitting, event.answer, event.undecided);
    case "groups":
      return read(sitting, event.asked, event.groups);
    case "picture":
      return { ...sitting, pictures: kept(new Map(sitting.pictures).set(event.key, event.picture), sitting) };
    case "go":
      return event.index === sitting.index ? sitting : { ...sitting, index: event.index, picked: null, hidden: NONE, announced: event.announced ?? "" };
    case "skip":
      return { ...sitting, skipped: new Set(sitting.skipped).add(event.key), announced: "Skipped." };
    case "pick":
      return { ...sitting, picked: event.id, announced: event.announced };
    case "hide":
      return { ...sitting, hidden: toggledIn(sitting.hidden, event.id) };
    case "judge":
      return judged(sitting, event);
    case "steps":
      return { ...sitting, undo: event.steps, groups: unread(sitting, event.steps) };
    case "undone":
      return { ...sitting, undo: sitting.undo.filter((step) => step !== event.step), refused: false };
    case "took back":
      return { ...sitting, undo: sitting.undo.filter((step) => step.key !== event.key), refused: true };
    case "refused":
      return { ...sitting, refused: event.refused };
    case "pending":
      return { ...sitting, pending: sitting.pending + event.change };
    case "counted":
      return { ...sitting, byVerdicts: event.byVerdicts };
    case "counted more":
      return { ...sitting, byVerdicts: sitting.byVerdicts === null ? null : sitting.byVerdicts + event.change };
    case "progress":
      return { ...sitting, people: event.answer.people, tally: sitting.pending > 0 ? sitting.tally : event.answer.verdicts };
    case "notice":
      return { ...sitting, notice: event.notice };
  }
}

/** The groups without those that another tab of the browser judged: they are read again. */
function unread({ groups, undo }: Sitting, steps: readonly Step[]): Sitting["groups"] {
  const known = new Set(undo.map((step) => JSON.stringify(step)));
  const others = new Set(steps.filter((step) => !known.has(JSON.stringify(step))).map(({ key }) => key));
  return others.size === 0 ? groups : new Map([...groups].filter(([key]) => !others.has(key)));
}

function listed(sitting: Sitting, { groups, total, decided }: AnswerOf<"review_queue">, at: readonly string[], documentId: string | null): Sitting {
  const entries: Entry[] = groups.map((entry) => ({ ...entry, key: groupKey(entry) }));
  const done = new Set(groups.filter((entry) => entry.decided).map(groupKey));
  let index = at.length === 0 ? -1 : entries.findIndex(({ label_ids }) => at.every((id) => label_ids.includes(id)));
  if (index < 0 && at.length > 0 && documentId !== null) {
    // asked for from elsewhere, but not in the list
    entries.unshift({ key: groupKey({ label_ids: at }), document_id: documentId, label_ids: at });
    index = 0;
  }
  if (index < 0) index = Math.max(0, entries.findIndex(({ key }) => !done.has(key)));
  return { ...sitting, entries, total: Math.max(total, entries.length), reviewed: decided, decided: done, index };
}

/** Takes over which groups are decided, and leaves the list as it is. A list of undecided groups lacks those that were decided. */
function relisted(sitting: Sitting, answer: AnswerOf<"review_queue">, undecided: boolean): Sitting {
  const flags = new Map(answer.groups.map((entry) => [groupKey(entry), entry.decided]));
  const isWhole = answer.total <= answer.limit;
  const isDone = (key: string) => flags.get(key) ?? ((undecided && isWhole) || sitting.decided.has(key));
  const decided = new Set(sitting.entries?.flatMap(({ key }) => (isDone(key) ? [key] : [])));
  if (undecided) return { ...sitting, decided, reviewed: sitting.reviewed + decided.size - sitting.decided.size };
  return { ...sitting, decided, total: Math.max(answer.total, sitting.entries?.length ?? 0), reviewed: answer.decided };
}

/** Keeps groups that were read. A large group lists only its first members. */
function read(sitting: Sitting, asked: readonly Entry[], found: readonly ReviewGroup[]): Sitting {
  const decided = new Set(sitting.decided);
  const groups = new Map(sitting.groups);
  for (const { key, label_ids } of asked) {
    const group = found.find(({ members }) => members.every((member) => label_ids.includes(member.label_id))) ?? null;
    groups.set(key, group);
    if (group?.decided) decided.add(key);
    else if (group !== null) decided.delete(key);
  }
  return { ...sitting, groups: kept(groups, sitting), decided, reviewed: sitting.reviewed + decided.size - sitting.decided.size };
}

function judged(sitting: Sitting, { key, known, step, announced }: Extract<ReviewEvent, { type: "judge" }>): Sitting {
  const group = sitting.groups.get(key);
  if (!group) return sitting;
  const now = withVerdicts(group, known);
  const was = sitting.decided.has(key);
  return {
    ...sitting,
    groups: new Map(sitting.groups).set(key, now),
    decided: was === now.decided ? sitting.decided : toggledIn(sitting.decided, key),
    reviewed: sitting.reviewed + Number(now.decided) - Number(was),
    tally: tallied(sitting.tally, group, now),
    undo: step === null ? sitting.undo : [...sitting.undo.slice(1 - MOST_UNDO), step],
    refused: step === null && sitting.refused,
    picked: null,
    // what is not about one group is read by the next verdict
    notice: step === null || sitting.notice?.key !== null ? sitting.notice : null,
    announced,
  };
}

/** The numbers of verdicts, with those of one group replaced. */
function tallied(tally: Tally | null, before: ReviewGroup, after: ReviewGroup): Tally | null {
  if (tally === null) return null;
  const counts = { ...tally };
  for (const { verdict } of before.pairs) if (verdict !== null) counts[verdict.verdict] = Math.max(0, counts[verdict.verdict] - 1);
  for (const { verdict } of after.pairs) if (verdict !== null) counts[verdict.verdict] += 1;
  return counts;
}

function toggledIn(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** Drops the oldest of too many, but none near the group shown. */
function kept<T>(known: Map<string, T>, { entries, index }: Sitting): Map<string, T> {
  const near = new Set(entries?.slice(Math.max(0, index - AHEAD), index + 3 * AHEAD).map(({ key }) => key));
  for (const key of known.keys()) {
    if (known.size <= MOST_KEPT) break;
    if (!near.has(key)) known.delete(key);
  }
  return known;
}
