/** Verdicts on the pairs of a group: what a key stores, and what follows for each label. */
import type { Judged, ReviewGroup, VerdictKind } from "../../protocol/review";

/** A verdict on one pair; `null` deletes the verdict that it has. */
export interface Given {
  readonly label_ids: readonly string[];
  readonly verdict: VerdictKind | null;
  readonly kept: string | null;
}

/** A verdict to store; `seen` is when the one that it replaces was stored, `who` whose verdict it restores, if another person's. */
export interface Asked extends Given {
  readonly seen: string | null;
  readonly who?: string | null;
}

/** The verdict that a pair has; `null` for none. */
export interface Known {
  readonly label_ids: readonly string[];
  readonly judged: Judged | null;
}

export type Fate = "kept" | "removed";

type Pair = ReviewGroup["pairs"][number];

export function pairKey(labelIds: readonly string[]): string {
  return [...labelIds].sort().join();
}

export function groupKey({ label_ids }: { readonly label_ids: readonly string[] }): string {
  return [...label_ids].sort().join();
}

function otherEnd({ label_ids }: Pair, id: string): string | undefined {
  return label_ids.includes(id) ? label_ids.find((end) => end !== id) : undefined;
}

/** The pairs that a verdict on the group is about. While the group is undecided, a label that was split off remains so. */
function openPairs(group: ReviewGroup): readonly Pair[] {
  return isDecided(group) ? group.pairs : group.pairs.filter(({ verdict }) => verdict?.verdict !== "real");
}

/**
 * Each label that would be removed, with the label that is kept instead, or that is removed with it. Without a label that was
 * picked it is the plan, which may keep several labels of a chain. The one that is `picked` is kept for all that it is
 * connected to: they are one object.
 */
export function proposalOf(group: ReviewGroup, picked: string | null): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const pairs = openPairs(group);
  const planned = group.members.filter(({ is_kept, partner_id }) => !is_kept && partner_id !== null);
  const isOpen = (id: string) => pairs.some(({ label_ids }) => label_ids.includes(id));
  if (picked === null && planned.length > 0) {
    for (const { label_id, partner_id } of planned) if (partner_id !== null && isOpen(label_id)) found.set(label_id, partnerIn(group, pairs, label_id, partner_id));
    return found;
  }
  const first = picked ?? group.members[0]?.label_id;
  const field = keptField(group);
  const always = new Set(group.members.flatMap((member) => (field !== null && member.field === field ? [member.label_id] : [])));
  const removeBy = (id: string): string[] => {
    const others = pairs.flatMap((pair) => otherEnd(pair, id) ?? []).filter((other) => other !== first && !always.has(other) && !found.has(other));
    for (const other of others) found.set(other, id);
    return others;
  };
  const reached = picked === null ? [] : [picked];
  for (const id of reached) reached.push(...removeBy(id));
  const byChoice = [...group.members].sort((a, b) => Number(b.is_kept) - Number(a.is_kept)).map((member) => member.label_id);
  for (const id of [...(first === undefined ? [] : [first]), ...byChoice]) if (!found.has(id)) removeBy(id);
  return found;
}

/** The label that the plan keeps for another one; if that pair is real, another label that is kept and overlaps it. */
function partnerIn({ members }: ReviewGroup, pairs: readonly Pair[], id: string, partner: string): string {
  const others = pairs.flatMap((pair) => otherEnd(pair, id) ?? []);
  if (others.length === 0 || others.includes(partner)) return partner;
  return others.find((other) => members.some((member) => member.label_id === other && member.is_kept)) ?? others[0] ?? partner;
}

/** The verdicts that are stored if the proposal is accepted as duplicates, or merged. Other verdicts on the group are deleted, but no label that was split off is taken back. */
export function acceptProposal(group: ReviewGroup, picked: string | null, verdict: "duplicate" | "merge"): Given[] {
  const given = [...proposalOf(group, picked)].map(([removed, kept]) => ({ label_ids: [removed, kept], verdict, kept }));
  return withoutOthers(group, given);
}

/** The same verdict for each pair: real, or remove both. */
export function judgeAll(group: ReviewGroup, verdict: "real" | "remove_both"): Given[] {
  return group.pairs.map(({ label_ids }) => ({ label_ids, verdict, kept: null }));
}

/** Takes a label out of a group: it marks another object. */
export function splitOff(group: ReviewGroup, id: string): Given[] {
  return group.pairs.filter((pair) => pair.label_ids.includes(id)).map(({ label_ids }) => ({ label_ids, verdict: "real", kept: null }));
}

function withoutOthers(group: ReviewGroup, given: Given[]): Given[] {
  const named = new Set(given.map((one) => pairKey(one.label_ids)));
  const others = openPairs(group).filter((pair) => pair.verdict !== null && !named.has(pairKey(pair.label_ids)));
  return [...given, ...others.map(({ label_ids }) => ({ label_ids, verdict: null, kept: null }))];
}

/** The verdicts that the named pairs have now, to return to. */
export function knownOf(group: ReviewGroup, named: readonly { readonly label_ids: readonly string[] }[]): Known[] {
  const byPair = new Map(group.pairs.map((pair) => [pairKey(pair.label_ids), pair.verdict]));
  return named.map(({ label_ids }) => ({ label_ids, judged: byPair.get(pairKey(label_ids)) ?? null }));
}

/** Whether the pairs still have these verdicts, of these people. */
export function hasVerdicts(group: ReviewGroup, given: readonly Known[]): boolean {
  const said = ({ judged }: Known) => JSON.stringify([judged?.verdict, judged?.kept, judged?.who]);
  const now = knownOf(group, given);
  return given.every((one, k) => said(one) === said(now[k] ?? one));
}

/** The group with other verdicts. */
export function withVerdicts(group: ReviewGroup, known: readonly Known[]): ReviewGroup {
  const byPair = new Map(known.map(({ label_ids, judged }) => [pairKey(label_ids), judged]));
  const pairs = group.pairs.map((pair) => {
    const judged = byPair.get(pairKey(pair.label_ids));
    return judged === undefined ? pair : { ...pair, verdict: judged };
  });
  const judged = { ...group, pairs };
  return { ...judged, decided: isDecided(judged) };
}

function removedIn({ pairs }: ReviewGroup): ReadonlySet<string> {
  const removed = new Set<string>();
  for (const { label_ids, verdict } of pairs) {
    if (verdict === null || verdict.verdict === "real") continue;
    for (const id of label_ids) if (verdict.verdict === "remove_both" || id !== verdict.kept) removed.add(id);
  }
  return removed;
}

/** The field whose labels are always kept, in a scan of one field against another; `null` otherwise. */
export function keptField({ members }: ReviewGroup): string | null {
  const kept = members.find((member) => member.is_kept)?.field ?? null;
  return members.some(({ field }) => field !== kept) ? kept : null;
}

/** Whether not all of its pairs are listed, so that it cannot be judged as a whole. */
export function isTooLarge({ n_pairs, pairs }: ReviewGroup): boolean {
  return n_pairs > pairs.length;
}

/** Whether each pair has a verdict, or a label that a verdict removes. */
export function isDecided(group: ReviewGroup): boolean {
  if (isTooLarge(group)) return group.decided;
  const removed = removedIn(group);
  return group.pairs.every((pair) => pair.verdict !== null || pair.label_ids.some((id) => removed.has(id)));
}

/** Returns whether each label is kept or removed: by the verdicts, and where there is none, by the proposal. */
export function fatesOf(group: ReviewGroup, picked: string | null): ReadonlyMap<string, Fate> {
  const removed = removedIn(group);
  const kept = new Set(group.pairs.flatMap(({ verdict }) => (verdict?.kept == null ? [] : [verdict.kept])));
  const proposed = proposalOf(group, picked);
  const fate = (id: string): Fate => {
    if (removed.has(id)) return "removed";
    const open = group.pairs.filter((pair) => pair.label_ids.includes(id) && pair.verdict === null && !pair.label_ids.some((end) => removed.has(end)));
    if (kept.has(id) || open.length === 0) return "kept";
    if (open.some((pair) => kept.has(otherEnd(pair, id) ?? ""))) return "removed";
    return proposed.has(id) ? "removed" : "kept";
  };
  return new Map(group.members.map(({ label_id }) => [label_id, fate(label_id)]));
}

/** The verdict of a group; "mixed" if its pairs have different ones, "split" if labels were split off and the rest is undecided, `null` if it has none. */
export function verdictOf(group: ReviewGroup): Judged | "mixed" | "split" | null {
  const [first, ...rest] = group.pairs.flatMap(({ verdict }) => (verdict === null ? [] : [verdict]));
  if (first === undefined) return null;
  if (rest.some(({ verdict }) => verdict !== first.verdict)) return "mixed";
  return first.verdict === "real" && !isDecided(group) ? "split" : first;
}

/** The places of the labels of a group that were split off: all of their pairs are real. */
export function splitIn({ members, pairs }: ReviewGroup): number[] {
  return members.flatMap(({ label_id }, k) => (pairs.filter(({ label_ids }) => label_ids.includes(label_id)).every(({ verdict }) => verdict?.verdict === "real") ? [k] : []));
}
