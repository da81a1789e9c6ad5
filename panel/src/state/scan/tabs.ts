/** The list that is shown, and the user's place in it. */
import type { ClassName } from "../../protocol/messages";
import { isRecord } from "../../protocol/schema";
import type { Scan } from "./scan";

const TABS = ["classes", "pairs", "groups", "tracks"] as const;
export type Tab = (typeof TABS)[number];
export type ClassPairNames = readonly [ClassName, ClassName];

/** The number of groups, and of pairs of tracks, on a page. */
export const GROUPS_AT_ONCE = 12;
export const TRACKS_AT_ONCE = 12;

export interface Tabs {
  readonly tab: Tab;
  /** The page of groups, from 0. */
  readonly page: number;
  /** Only groups in which labels of these two classes overlap; `null` for all. */
  readonly classPair: ClassPairNames | null;
  /** The minimum number of frames in which two tracks overlap. */
  readonly minFrames: number;
}

export const FIRST_TABS: Tabs = { tab: "classes", page: 0, classPair: null, minFrames: 2 };

/** The lists that a scan has. Tracks need the labels of one field of frames. */
export function tabsOf({ summary }: Scan): readonly Tab[] {
  const { label_field, other_field } = summary.params;
  return label_field.startsWith("frames.") && other_field === null ? TABS : TABS.filter((tab) => tab !== "tracks");
}

/** Returns the stored tabs; a value that makes no sense becomes the default. */
export function readTabs(value: unknown): Tabs {
  if (!isRecord(value)) return FIRST_TABS;
  const { tab, page, pair, minFrames } = value;
  return {
    tab: TABS.find((known) => known === tab) ?? "classes",
    page: Number.isInteger(page) && (page as number) >= 0 ? (page as number) : 0,
    classPair: readClassPair(pair),
    minFrames: Number.isInteger(minFrames) && (minFrames as number) >= 1 ? (minFrames as number) : FIRST_TABS.minFrames,
  };
}

export function writeTabs({ tab, page, classPair, minFrames }: Tabs): Record<string, unknown> {
  return { tab, page, pair: classPair, minFrames };
}

function readClassPair(value: unknown): ClassPairNames | null {
  if (!Array.isArray(value) || value.length !== 2) return null;
  const [a, b]: unknown[] = value;
  return isClassName(a) && isClassName(b) ? [a, b] : null;
}

function isClassName(value: unknown): value is ClassName {
  return value === null || typeof value === "string";
}

/** Returns the typed number of frames, or `null` unless it is a whole number of at least 1. */
export function parseFrames(typed: string): number | null {
  const value = /^\d{1,6}$/.test(typed.trim()) ? Number(typed) : 0;
  return value >= 1 ? value : null;
}
