/** Which of the lists is looked at, and where in it. */
import { isRecord } from "../protocol/schema";
import type { ClassName } from "../protocol/messages";
import type { Scan } from "./scan";

export type Tab = "classes" | "pairs" | "groups" | "tracks";
export type PairOfClasses = readonly [ClassName, ClassName];

export interface Look {
  readonly tab: Tab;
  /** The page of groups, from 0. */
  readonly page: number;
  /** Groups with an overlap of these two classes; `null` for all. */
  readonly pair: PairOfClasses | null;
  /** In how many frames two tracks overlap at the least. */
  readonly minFrames: number;
}

export const FIRST_LOOK: Look = { tab: "classes", page: 0, pair: null, minFrames: 2 };

const TABS: readonly { readonly value: Tab; readonly label: string }[] = [
  { value: "classes", label: "By class" },
  { value: "pairs", label: "By class pair" },
  { value: "groups", label: "Groups" },
  { value: "tracks", label: "Tracks" },
];

/** The lists that a scan has: tracks are made up by labels of one field of frames. */
export function tabsOf({ summary }: Scan): typeof TABS {
  const { label_field, other_field } = summary.params;
  return label_field.startsWith("frames.") && other_field === null ? TABS : TABS.filter(({ value }) => value !== "tracks");
}

export function readLook(value: unknown): Look {
  if (!isRecord(value)) return FIRST_LOOK;
  const { tab, page, pair, minFrames } = value;
  return {
    tab: TABS.find((known) => known.value === tab)?.value ?? "classes",
    page: Number.isInteger(page) && (page as number) >= 0 ? (page as number) : 0,
    pair: readPair(pair),
    minFrames: Number.isInteger(minFrames) && (minFrames as number) >= 1 ? (minFrames as number) : FIRST_LOOK.minFrames,
  };
}

function readPair(value: unknown): PairOfClasses | null {
  if (!Array.isArray(value) || value.length !== 2) return null;
  const [a, b]: unknown[] = value;
  return isClassName(a) && isClassName(b) ? [a, b] : null;
}

function isClassName(value: unknown): value is ClassName {
  return value === null || typeof value === "string";
}
