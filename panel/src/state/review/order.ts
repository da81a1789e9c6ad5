/** The choice of the next group of a sitting, and of the groups that are read ahead. */
import type { ReviewGroup } from "../../protocol/review";
import { AHEAD, type Entry, type Sitting, type Step } from "./sitting";
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

/** Whether the group shown was decided in this browser already. */
export function isBehind(sitting: Sitting): boolean {
  const key = currentEntry(sitting)?.key ?? "";
  return sitting.decided.has(key) && sitting.undo.some((step) => step.key === key);
}

/** The newest step whose group is listed; `null` if there is none. */
export function lastStep({ entries, undo }: Sitting): { readonly step: Step; readonly entry: Entry; readonly index: number } | null {
  const places = new Map(entries?.map(({ key }, index) => [key, index]));
  for (let k = undo.length - 1; k >= 0; k--) {
    const step = undo[k];
    const index = step && places.get(step.key);
    const entry = index === undefined ? undefined : entries?.[index];
    if (step !== undefined && index !== undefined && entry !== undefined) return { step, entry, index };
  }
  return null;
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

