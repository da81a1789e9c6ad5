/** One sitting of Review: the list of groups, and what is known of them. */
import type { AnswerOf, Picture } from "../../protocol/messages";
import type { ReviewGroup } from "../../protocol/review";
import type { Known } from "./verdicts";

export interface Entry {
  readonly key: string;
  readonly document_id: string;
  readonly label_ids: readonly string[];
}

export interface Step {
  readonly key: string;
  /** The verdicts to return to. */
  readonly before: readonly Known[];
  /** The verdicts that were given; they are undone only if they did not change. */
  readonly given: readonly Known[];
}

export interface Notice {
  readonly text: string;
  /** The group that it is about. */
  readonly key: string | null;
}

export type Tally = AnswerOf<"review_progress">["verdicts"];
export type Person = AnswerOf<"review_progress">["people"][number];

export interface Sitting {
  /** `null` until they are listed. */
  readonly entries: readonly Entry[] | null;
  /** All groups and decided groups of the list, also those beyond its end. */
  readonly total: number;
  readonly reviewed: number;
  readonly index: number;
  /** `null` for a group that is gone. */
  readonly groups: ReadonlyMap<string, ReviewGroup | null>;
  /** `null` for a picture that could not be drawn. */
  readonly pictures: ReadonlyMap<string, Picture | null>;
  readonly decided: ReadonlySet<string>;
  readonly skipped: ReadonlySet<string>;
  /** The label that the user picked to keep in the group shown, before a verdict. */
  readonly picked: string | null;
  readonly hidden: ReadonlySet<string>;
  readonly undo: readonly Step[];
  /** Whether the last verdict was not stored: then the newest step is older than what the person sees as the last one. */
  readonly refused: boolean;
  /** Writes that are not stored yet. */
  readonly pending: number;
  readonly tally: Tally | null;
  readonly people: readonly Person[];
  /** The labels that verdicts remove; `null` while that is not known. */
  readonly byVerdicts: number | null;
  readonly notice: Notice | null;
  /** The last action, for screen readers. */
  readonly announced: string;
}

export const NONE: ReadonlySet<string> = new Set();
export const FIRST_SITTING: Sitting = { entries: null, total: 0, reviewed: 0, index: 0, groups: new Map(), pictures: new Map(), decided: NONE, skipped: NONE, picked: null, hidden: NONE, undo: [], refused: false, pending: 0, tally: null, people: [], byVerdicts: null, notice: null, announced: "" };

/** The number of groups that are drawn ahead of the one shown: at four keys a second, requests may take two seconds. */
export const AHEAD = 8;
/** The most verdicts that can be undone. */
export const MOST_UNDO = 200;
