/** Edits made in CVAT, in words. */
import type { CvatPreview } from "../../protocol/messages";
import { classLabel } from "../classes";
import { counted } from "../format";

type Change = CvatPreview["changes"][number];
export type RowName = keyof CvatPreview["counts"];

/** A kind of edit, the number of labels that it applies to, and the first of them. */
export interface Example {
  readonly text: string;
  readonly labels: number;
  readonly first: Change;
}

export interface ChangeRow {
  readonly name: RowName;
  readonly title: string;
  readonly labels: number;
  readonly note: string;
  readonly examples: readonly Example[];
}

const ROWS: readonly { name: RowName; title: string; note: string; kinds: readonly Change["kind"][] }[] = [
  { name: "unchanged", title: "Unchanged", note: "are not changed", kinds: [] },
  { name: "moved", title: "Moved", note: "get the shape drawn in CVAT", kinds: ["moved", "moved and relabeled"] },
  { name: "relabeled", title: "Relabeled", note: "get the class chosen in CVAT", kinds: ["relabeled", "moved and relabeled"] },
  { name: "attributes", title: "Attributes edited", note: "get the values set in CVAT", kinds: [] },
  { name: "deleted", title: "Deleted", note: "are deleted here too", kinds: ["deleted"] },
  { name: "gone_here", title: "Deleted here", note: "are not restored", kinds: [] },
  { name: "added", title: "Added", note: "are added as new labels", kinds: ["added"] },
  { name: "conflicts", title: "Conflicts", note: "edited on both sides; not changed here", kinds: ["conflict"] },
  { name: "refused", title: "Refused", note: "have a value that cannot be read; not changed here", kinds: ["refused"] },
];

const WHERE_ANY: readonly RowName[] = ["attributes", "gone_here", "conflicts", "refused"];

/** The rows of the table of a load. Rare kinds are listed only if they occur. */
export function changeRows({ counts, changes }: CvatPreview): ChangeRow[] {
  return ROWS.filter(({ name }) => !WHERE_ANY.includes(name) || counts[name] > 0).map(({ name, title, note, kinds }) => ({
    name,
    title,
    note,
    labels: counts[name],
    examples: examplesOf(name === "attributes" ? changes.filter(isEdited) : changes.filter(({ kind }) => kinds.includes(kind)), name === "attributes" ? editsText : changeText),
  }));
}

/** Equal changes together, the most frequent first. */
function examplesOf(changes: readonly Change[], textOf: (change: Change) => string): Example[] {
  const found = new Map<string, { labels: number; first: Change }>();
  for (const change of changes) {
    const text = textOf(change);
    const known = found.get(text);
    if (known === undefined) found.set(text, { labels: 1, first: change });
    else known.labels++;
  }
  return [...found].map(([text, { labels, first }]) => ({ text, labels, first })).sort((a, b) => b.labels - a.labels);
}

function isEdited({ kind, edits }: Change): boolean {
  return edits.length > 0 && kind !== "added" && kind !== "conflict" && kind !== "refused";
}

/** "color: red → blue, size: 1 → (empty)"; also the value here if both sides edited it. */
function editsText({ edits, kind }: Change): string {
  return edits
    .map(({ name, was, now, here }) => {
      const text = `${name}: ${valueText(was)} → ${valueText(now)}`;
      return kind === "conflict" && here !== null && here !== was ? `${text} in CVAT, ${valueText(here)} here` : text;
    })
    .join(", ");
}

/** Longer values are shortened, so that the text after them is visible. */
const LONGEST = 24;

function valueText(value: string): string {
  if (value === "") return "(empty)";
  return value.length <= LONGEST ? value : `${value.slice(0, LONGEST - 1)}…`;
}

function changeText(change: Change): string {
  const { kind, was, now, edits } = change;
  if (kind === "refused" || (kind === "conflict" && edits.length > 0)) return `${classLabel(now)}, ${editsText(change)}`;
  if (kind === "added") return classLabel(now);
  if (kind === "deleted" || kind === "moved") return classLabel(was);
  if (kind !== "conflict") return `${classLabel(was)} → ${classLabel(now)}`;
  return now === null ? `${classLabel(was)}, deleted in CVAT` : was === now ? `${classLabel(was)}, moved in CVAT` : `${classLabel(was)}, ${classLabel(now)} in CVAT`;
}

/** "1 of 2 jobs is marked as completed in CVAT. …", "0 of 1 job is …"; `null` if all are. */
export function unfinishedText({ done, total }: CvatPreview["jobs"]): string | null {
  if (done >= total) return null;
  return `${done} of ${counted(total, "job")} ${done === 1 || total === 1 ? "is" : "are"} marked as completed in CVAT. You can load further edits later.`;
}

/** "1 duplicate remains in these images." */
export function duplicatesText(labels: number): string {
  return labels === 0 ? "No duplicates remain in these images." : `${counted(labels, "duplicate")} ${labels === 1 ? "remains" : "remain"} in these images.`;
}
