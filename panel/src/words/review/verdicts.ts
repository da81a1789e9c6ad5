/** Review, in words. */
import type { Judged, Order, ReviewGroup, VerdictKind } from "../../protocol/review";
import type { Person, Tally } from "../../state/review/sitting";
import { fatesOf, isDecided, isTooLarge, keptField, proposalOf, splitIn, verdictOf } from "../../state/review/verdicts";
import { ago, counted, grouped } from "../format";
import { groupTitle, likelihoodOf } from "../groups";

export const ORDER_LABELS: Readonly<Record<Order, string>> = {
  uncertain: "Uncertain first",
  likeliest: "Likeliest first",
  class_pair: "By class pair",
  image: "By image",
  random: "Random",
  sample: "Random sample",
};

/** The verdicts as they are said of a group, and in the footer. */
const SAID: Readonly<Record<VerdictKind, string>> = { real: "both real", duplicate: "duplicate", merge: "merge", remove_both: "remove both" };

export interface Command {
  readonly key: string;
  readonly id: "duplicate" | "swap" | "real" | "merge" | "remove_both" | "skip" | "undo" | "next" | "previous" | "undecided" | "open" | "help" | "back" | "explode" | "fill" | "beside";
  readonly label: string;
  /** The effect of the verdict. */
  readonly note: string;
}

export const VERDICTS: readonly Command[] = [
  { key: "D", id: "duplicate", label: "Duplicate", note: "Keep the blue labels and remove the orange ones, as proposed" },
  { key: "S", id: "swap", label: "Swap", note: "Keep the other label instead" },
  { key: "R", id: "real", label: "Both real", note: "The labels mark different objects: keep all of them" },
  { key: "M", id: "merge", label: "Merge", note: "Merge the orange labels into the blue ones" },
  { key: "X", id: "remove_both", label: "Remove both", note: "Remove every label of the group" },
  { key: "K", id: "skip", label: "Skip", note: "Leave it undecided and go to the next group" },
];

export const MOVES: readonly Command[] = [
  { key: "Z", id: "undo", label: "Undo", note: "Undo the last verdict" },
  { key: "P", id: "previous", label: "Previous", note: "Previous group; also ←" },
  { key: "J", id: "next", label: "Next", note: "Next group; also →" },
  { key: "U", id: "undecided", label: "Undecided", note: "Next undecided group" },
  { key: "O", id: "open", label: "Open", note: "Open the sample in the App with these labels selected" },
  { key: "?", id: "help", label: "Help", note: "All keys" },
];

export const DRAW_COMMANDS: readonly Command[] = [
  { key: "E", id: "explode", label: "Explode", note: "Separate overlapping shapes" },
  { key: "F", id: "fill", label: "Fill", note: "Fill the shapes, or draw outlines" },
  { key: "B", id: "beside", label: "Side by side", note: "A picture for each label" },
];

/** Keys that have no button. */
export const MORE_KEYS: readonly (readonly [string, string])[] = [
  ["1 – 9", "Keep only label A, B, C, …: the others are its duplicates"],
  ["Shift 1 – 9", "Split label A, B, C, … off: it marks another object"],
  ["+  −  0", "Zoom in, zoom out, fit; also the wheel"],
  ["Shift ← ↑ → ↓", "Move the picture; also by dragging"],
  ["Esc", "Back to the overview; in a dialog or menu, close it"],
];

/** Returns the reason why a verdict on a group is not possible, or a label cannot be kept; `null` if it can. Only the first pairs of a large group are listed. */
export function whyNot(id: Command["id"], group: ReviewGroup, pickedField?: string): string | null {
  if (id === "skip") return null;
  const kept = keptField(group);
  if (kept !== null && (id === "swap" ? pickedField !== kept : id === "merge" || id === "remove_both")) return `Labels of ${kept} are always kept.`;
  return id !== "swap" && isTooLarge(group) ? "This group has too many pairs for one verdict. Raise the threshold." : null;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** "A", "B", …, "Z", "A2", … */
export function letterOf(index: number): string {
  const round = Math.floor(index / LETTERS.length);
  return `${LETTERS[index % LETTERS.length]}${round === 0 ? "" : round + 1}`;
}

/** "duplicate", "all real" */
function verdictText({ verdict }: Judged, size: number): string {
  return size > 2 ? SAID[verdict].replace("both", "all") : SAID[verdict];
}

/** "ben decided “both real” 2 min ago" */
export function decidedText(judged: Judged, size: number, now: number): string {
  return `${judged.who ?? "Someone"} decided “${verdictText(judged, size)}” ${ago(judged.at, now)}`;
}

/** The most labels whose letters are listed. */
const MOST_NAMED = 6;

function lettersText(places: readonly number[]): string {
  if (places.length > MOST_NAMED) return counted(places.length, "label");
  const letters = places.map(letterOf);
  return letters.length < 2 ? letters.join("") : `${letters.slice(0, -1).join(", ")} and ${letters.at(-1)}`;
}

/** "A and C kept, B removed" */
export function keptText(group: ReviewGroup, picked: string | null = null): string {
  const fates = fatesOf(group, picked);
  const of = (fate: string) => lettersText(group.members.flatMap(({ label_id }, k) => (fates.get(label_id) === fate ? [k] : [])));
  return [["kept", of("kept")], ["removed", of("removed")]].flatMap(([fate, which]) => (which === "" ? [] : [`${which} ${fate}`])).join(", ");
}

/** "ben decided “duplicate” 2 min ago: A and C kept, B removed"; of two labels, which one is kept is on the screen; `null` without a verdict */
export function decisionText(group: ReviewGroup, now: number): string | null {
  const judged = verdictOf(group);
  if (judged === null) return null;
  if (judged === "split") return `${lettersText(splitIn(group))} split off, as another object; the rest is undecided`;
  if (judged === "mixed") return `Decided: different verdicts: ${keptText(group)}`;
  const tells = group.size > 2 && !isTooLarge(group) && (judged.verdict === "duplicate" || judged.verdict === "merge");
  return `${decidedText(judged, group.size, now)}${tells ? `: ${keptText(group)}` : ""}`;
}

/** The decision on a group for screen readers: "both real", "duplicate, A and C kept, B removed", "undecided". */
export function saidText(group: ReviewGroup): string {
  const judged = verdictOf(group);
  if (judged === null) return "undecided";
  if (judged === "split") return "the rest is undecided";
  const what = judged === "mixed" ? "different verdicts" : verdictText(judged, group.size);
  return judged === "mixed" || judged.kept !== null ? `${what}, ${keptText(group)}` : what;
}

/** The name of D: "Duplicate", or "Keep 2 of 3" where several labels of a chain are kept. */
export function duplicateLabel(group: ReviewGroup, picked: string | null): string {
  const kept = group.size - proposalOf(group, picked).size;
  return kept > 1 && kept < group.size && !isTooLarge(group) ? `Keep ${grouped(kept)} of ${grouped(group.size)}` : "Duplicate";
}

/** "B is removed and A is kept: confidence 0.93 > 0.71" */
export function proposalText({ members }: ReviewGroup, { label_id, partner_id, reason }: ReviewGroup["members"][number]): string {
  const letter = (id: string | null) => letterOf(members.findIndex((member) => member.label_id === id));
  const partner = members.some((member) => member.label_id === partner_id) ? letter(partner_id) : "the other label";
  if (reason === null) return `${letter(label_id)} is kept`;
  return `${letter(label_id)} is removed${reason.names_kept ? ` and ${partner} is kept` : ""}: ${reason.text}`;
}

export function conflictText(who: string | null, verdict: VerdictKind | null, at: string | null, title: string, now: number): string {
  const what = verdict === null ? "deleted the verdict" : `decided “${SAID[verdict]}”`;
  const time = at === null ? "" : ` ${ago(at, now)}`;
  return `${who ?? "Someone else"} ${what}${time} on ${title}. Your verdict was not stored.`;
}

export function notStoredText(title: string): string {
  return `Your verdict on ${title} could not be stored and was undone.`;
}

export function deletedText(title: string): string {
  return `A label of ${title} was deleted since the scan. Your verdict was not stored.`;
}

export const NOTHING_TEXT = "There is nothing to undo.";

/** For Z after a verdict that was not stored; `title` names the group of the verdict before it, if there is one. */
export function notUndoneText(title: string | null): string {
  return `Your last verdict was not stored, so nothing was undone.${title === null ? "" : ` Z again undoes the verdict before it, on ${title}.`}`;
}

export function changedText(title: string): string {
  return `The verdict on ${title} was changed since and was not undone.`;
}

/**
 * "Verdicts on pairs: 31 duplicates · 4 both real · 2 merge", whether or not they were applied; `left` is the number of labels that they remove now.
 * The verdicts are those on labels of all classes, which is said if the groups are restricted to some.
 */
export function tallyText({ duplicate, real, merge, remove_both }: Tally, left: number | null, isRestricted = false): string {
  const parts = [
    duplicate > 0 ? counted(duplicate, "duplicate") : "",
    real > 0 ? `${grouped(real)} both real` : "",
    merge > 0 ? `${grouped(merge)} merge` : "",
    remove_both > 0 ? `${grouped(remove_both)} remove both` : "",
    left === 0 && duplicate + merge + remove_both > 0 ? "nothing left to apply" : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "No verdicts yet" : `Verdicts on pairs${isRestricted ? " of all classes" : ""}: ${parts.join(" · ")}`;
}

/** "ben: 12 pairs, last 3 min ago" */
export function personText({ who, pairs, last }: Person, now: number): string {
  return `${who ?? "No name"}: ${counted(pairs, "pair")}, last ${ago(last, now)}`;
}

/** The announcement of a group for screen readers: its labels, its place in the list, and the decision on it. */
export function spokenText(group: ReviewGroup, index: number, total: number): string {
  const said = saidText(group);
  return `Group ${grouped(index + 1)} of ${grouped(total)}: ${groupTitle(group)}, ${likelihoodOf(group)}, ${isDecided(group) ? "decided: " : ""}${said}.`;
}

/** "Stored 3 verdicts that were not sent when the page was closed." */
export function resentText(stored: number, lost: number): string {
  const parts = [
    stored === 0 ? "" : `Stored ${counted(stored, "verdict")} that ${stored === 1 ? "was" : "were"} not sent when the page was closed.`,
    lost === 0 ? "" : `${counted(lost, "verdict")} from before the page was closed could not be stored.`,
  ];
  return parts.filter((part) => part !== "").join(" ");
}
