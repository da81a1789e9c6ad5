/** A sitting of Review outside of React: each key is drawn at once, and its verdict is stored behind it, in order. */
import type { Judged } from "../../protocol/review";
import { currentEntry, currentGroup, isBehind, nextUndecided, swapped, wanted } from "../../state/review/order";
import { reduceReview, type ReviewEvent } from "../../state/review/events";
import { type Entry, FIRST_SITTING, type Sitting } from "../../state/review/sitting";
import { acceptProposal, type Given, judgeAll, type Known, splitOff, withVerdicts } from "../../state/review/verdicts";
import { groupTitle } from "../../words/groups";
import { keptText, letterOf, saidText, whyNot } from "../../words/review/verdicts";
import type { Actions } from "../actions";
import { makeOthers } from "./others";
import { makeUndos } from "./undos";
import { makeWrites } from "./writes";

export type ReviewStore = ReturnType<typeof makeReviewStore>;

/** The number of upcoming groups to load ahead, so that the reviewer does not wait. */
const KNOWN_AHEAD = 12;
/** The number of groups that are read ahead, and the largest number in one request. */
const READ_AHEAD = 18;
const AT_ONCE = 12;

export function makeReviewStore(actions: Actions, now: () => string) {
  let sitting: Sitting = { ...FIRST_SITTING, undo: actions.steps.read() };
  const listeners = new Set<() => void>();
  const reading = new Set<string>();
  const drawing = new Set<string>();
  let list = 0;

  function apply(event: ReviewEvent): void {
    const { undo } = sitting;
    sitting = reduceReview(sitting, event);
    if (event.type !== "steps") actions.steps.change(undo, sitting.undo);
    // a picture that is not shown yet changes nothing on the screen
    if (event.type !== "picture" || event.key === currentEntry(sitting)?.key) for (const listener of listeners) listener();
  }

  const writes = makeWrites({ actions, now, get: () => sitting, apply, reread: (entry) => void read([entry]), note: (answer) => others.note(answer) });
  const undos = makeUndos({ actions, get: () => sitting, apply, go, read, write: writes.write });
  const others = makeOthers({ actions, get: () => sitting, apply, read, stored });

  async function stored(): Promise<void> {
    await undos.ended();
    await writes.stored();
  }

  async function load(at: readonly string[], documentId: string | null = null): Promise<void> {
    const mine = ++list;
    await stored();
    apply({ type: "listing" });
    reading.clear();
    drawing.clear();
    const answer = await actions.listQueue();
    if (answer === null || mine !== list) return;
    others.listed(answer.others);
    apply({ type: "listed", answer, at, documentId });
    // the place is remembered late: verdicts of this browser may be ahead of it
    if (documentId === null && isBehind(sitting)) go(nextUndecided(sitting));
    readAhead();
  }

  /** Reads the groups that come next, and draws them, before they are asked for. */
  function readAhead(): void {
    const near = wanted(sitting);
    const unread = (entries: readonly Entry[]) => entries.filter(({ key }) => !sitting.groups.has(key) && !reading.has(key));
    if (unread(wanted(sitting, KNOWN_AHEAD)).length > 0) void read(unread(wanted(sitting, READ_AHEAD)).slice(0, AT_ONCE));
    for (const entry of near) {
      if (!sitting.groups.get(entry.key) || sitting.pictures.has(entry.key) || drawing.has(entry.key)) continue;
      drawing.add(entry.key);
      const mine = list;
      void actions.drawLarge(entry).then((picture) => {
        drawing.delete(entry.key);
        if (mine === list) apply({ type: "picture", key: entry.key, picture });
      });
    }
  }

  async function read(entries: readonly Entry[]): Promise<void> {
    for (const { key } of entries) reading.add(key);
    const mine = list;
    const answer = await actions.readGroups(entries);
    for (const { key } of entries) reading.delete(key);
    if (answer === null || mine !== list) return;
    // what is being written is newer than what was read
    const asked = entries.filter(({ key }) => !writes.isWriting(key));
    apply({ type: "groups", asked, groups: answer.groups });
    for (const { key } of asked) writes.note(sitting.groups.get(key)?.pairs ?? []);
    readAhead();
  }

  function go(index: number | null, announced?: string): void {
    if (index === null || sitting.entries?.[index] === undefined) return;
    apply({ type: "go", index, ...(announced === undefined ? {} : { announced }) });
    readAhead();
  }

  /** `what` was done to a label, for screen readers. */
  function store(given: readonly Given[], stay = false, what = ""): void {
    const entry = currentEntry(sitting);
    const group = currentGroup(sitting);
    if (entry === null || group === null || given.length === 0) return;
    const known = given.map(({ label_ids, verdict, kept }): Known => ({ label_ids, judged: verdict === null ? null : { verdict, kept, who: actions.reviewer() || null, at: now() } }));
    const announced = `${groupTitle(group)}: ${what}${saidText(withVerdicts(group, known))}.`;
    writes.write(entry, known, false, announced);
    if (!stay && sitting.decided.has(entry.key)) go(nextUndecided(sitting), announced);
    readAhead();
  }

  function isRefused(text: string | null): boolean {
    if (text === null) return false;
    apply({ type: "refused", refused: true });
    apply({ type: "notice", notice: { text, key: null } });
    return true;
  }

  function judge(verdict: Judged["verdict"]): void {
    const group = currentGroup(sitting);
    if (group === null || isRefused(whyNot(verdict, group))) return;
    store(verdict === "duplicate" || verdict === "merge" ? acceptProposal(group, sitting.picked, verdict) : judgeAll(group, verdict));
  }

  /** Keeps another label: in the verdict, if there is one, else in what the next verdict will store. */
  function pick(id: string | null): void {
    const group = currentGroup(sitting);
    if (group === null || id === null) return;
    if (isRefused(whyNot("swap", group, group.members.find(({ label_id }) => label_id === id)?.field))) return;
    const verdict = group.pairs.find((pair) => pair.verdict !== null && pair.verdict.kept !== null)?.verdict?.verdict;
    if (verdict === "duplicate" || verdict === "merge") store(acceptProposal(group, id, verdict), true);
    else apply({ type: "pick", id, announced: `${keptText(group, id)}.` });
  }

  function swap(): void {
    const group = currentGroup(sitting);
    if (group !== null) pick(swapped(group, sitting.picked));
  }

  function split(id: string): void {
    const group = currentGroup(sitting);
    const letter = letterOf(group?.members.findIndex(({ label_id }) => label_id === id) ?? 0);
    if (group !== null && group.size > 2) store(splitOff(group, id), true, `${letter} split off, `);
  }

  function skip(): void {
    const entry = currentEntry(sitting);
    if (entry === null) return;
    apply({ type: "skip", key: entry.key });
    go(nextUndecided(sitting), "Skipped.");
  }

  return {
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    get: (): Sitting => sitting,
    /** Resolves once all verdicts so far are stored, or taken back. */
    stored,
    /** Whether any verdict was given. */
    wrote: writes.wrote,
    resend: writes.resend,
    load,
    go,
    next: () => go(sitting.index + 1),
    previous: () => go(sitting.index - 1),
    undecided: () => go(nextUndecided(sitting)),
    judge,
    swap,
    pick,
    split,
    undo: undos.undo,
    skip,
    follow: others.follow,
    /** Reads again what another program may have changed. */
    readAgain: others.readAgain,
    countReviewed: others.countReviewed,
    hide: (id: string) => apply({ type: "hide", id }),
    dismiss: () => apply({ type: "notice", notice: null }),
  };
}
