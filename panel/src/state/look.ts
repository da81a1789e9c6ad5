/** Which of the lists is looked at, and where in it. */
import { isRecord } from "../shape";
import type { ClassName } from "../types";

export type Tab = "classes" | "pairs" | "groups";
export type PairOfClasses = readonly [ClassName, ClassName];

export interface Look {
  readonly tab: Tab;
  /** The page of groups, from 0. */
  readonly page: number;
  /** Groups with an overlap of these two classes; `null` for all. */
  readonly pair: PairOfClasses | null;
}

export const FIRST_LOOK: Look = { tab: "classes", page: 0, pair: null };

export function readLook(value: unknown): Look {
  if (!isRecord(value)) return FIRST_LOOK;
  const { tab, page, pair } = value;
  return {
    tab: tab === "pairs" || tab === "groups" ? tab : "classes",
    page: Number.isInteger(page) && (page as number) >= 0 ? (page as number) : 0,
    pair: readPair(pair),
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
