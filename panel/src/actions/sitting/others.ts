/** The verdicts of other people: each answer of the server says whether they changed, and then they are read again. */
import { wanted } from "../../state/review/order";
import type { ReviewEvent } from "../../state/review/events";
import type { Entry, Sitting } from "../../state/review/sitting";
import type { Actions } from "../actions";

interface Around {
  readonly actions: Actions;
  readonly get: () => Sitting;
  readonly apply: (event: ReviewEvent) => void;
  readonly read: (entries: readonly Entry[]) => Promise<void>;
  readonly stored: () => Promise<void>;
}

export function makeOthers({ actions, get, apply, read, stored }: Around) {
  /** The state of their verdicts as last answered, and as shown. */
  let told: string | null = null;
  let shown: string | null = null;
  let following = false;

  /** The groups were listed with the verdicts of others. */
  function listed(others: string): void {
    told = shown = others;
  }

  /** A verdict was answered. */
  function note(others: string): void {
    told = others;
    shown ??= others;
    if (told !== shown && !following) void follow();
  }

  /** Looks up what others decided meanwhile, until nothing is new. Their verdicts are applied, too, so they are counted again. */
  async function follow(): Promise<void> {
    following = true;
    try {
      do {
        await stored();
        const answer = await actions.reviewProgress();
        if (answer === null) return;
        apply({ type: "progress", answer });
        const isNew = shown !== null && answer.others !== shown;
        told = shown = answer.others;
        if (isNew) await readAgain();
      } while (told !== shown);
    } finally {
      following = false;
    }
  }

  async function readAgain(): Promise<void> {
    apply({ type: "counted", byVerdicts: null });
    // what they decided may be on the screen
    void read(wanted(get()).filter(({ key }) => get().groups.has(key)));
    await relist();
    const scan = await settled(() => actions.readScan());
    if (scan !== null) actions.takeCounts(scan);
    await countReviewed();
  }

  /** Repeats a question until no verdict is given in between, which its answer may or may not know. */
  async function settled<T>(ask: () => Promise<T | null>): Promise<T | null> {
    for (;;) {
      await stored();
      const answer = await ask();
      if (answer === null || get().pending === 0) return answer;
    }
  }

  async function relist(): Promise<void> {
    const { entries } = get();
    const answer = await settled(() => actions.listQueue("review_queue again"));
    // another list, of another cut, knows them already
    if (answer !== null && get().entries === entries) apply({ type: "relisted", answer, undecided: actions.listsUndecided() });
  }

  async function countReviewed(): Promise<void> {
    const byVerdicts = await settled(() => actions.countReviewed());
    if (byVerdicts !== null) apply({ type: "counted", byVerdicts });
  }

  return { listed, note, follow, readAgain, countReviewed };
}
