/** The choice of the next group of a sitting, and of the groups that are read ahead. */
import type { ReviewGroup } from "../../protocol/review";
import { AHEAD, type Entry, type Sitting } from "./sitting";
import { fatesOf } from "./verdicts";

export function currentEntry({ entries, index }: Sitting): Entry | null {
  return entries?.[index] ?? null;
}

export function currentGroup(sitting: Sitting): ReviewGroup | null {
  const entry = currentEntry(sitting);
  return entry === null ? null : (sitting.groups.get(entry.key) ?? null);
}

/** The next undecided group after the one shown, from the start after the end; skipped ones only if there is no other. `null` if there is none. */
export function nextUndecided({ entries, index, decided, skipped }: Sitting): number | null {
  if (entries === null) return null;
  const order = [...entries.keys()].map((k) => (index + 1 + k) % entries.length).slice(0, -1);
  const open = order.filter((k) => !decided.has(entries[k]?.key ?? ""));
  return open.find((k) => !skipped.has(entries[k]?.key ?? "")) ?? open[0] ?? null;
}

/** The groups to read: the one shown, those that follow it, undecided ones first, and the one before it. */
export function wanted(sitting: Sitting, ahead = AHEAD): readonly Entry[] {
  const { entries, index, decided } = sitting;
  if (entries === null) return [];
  const after: number[] = [];
  for (let k = index + 1; k < entries.length && after.length < ahead; k++) if (!decided.has(entries[k]?.key ?? "")) after.push(k);
  return [...new Set([index, ...after, index + 1, index - 1])].flatMap((k) => entries[k] ?? []);
}

/** The label to keep after a swap: for two labels the other one, for more the next. */
export function swapped(group: ReviewGroup, picked: string | null): string | null {
  const fates = fatesOf(group, picked);
  const at = group.members.findIndex(({ label_id }) => fates.get(label_id) === "kept");
  return group.members[(at + 1) % group.members.length]?.label_id ?? null;
}

