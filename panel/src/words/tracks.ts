/** Pairs of tracks of videos that cover one object, in words and as bars of time. */
import type { TrackPair } from "../protocol/messages";
import { classLabel } from "../state/classes";
import { classesLabel, counted, grouped, percent } from "./format";
import type { Restriction } from "../state/scan";
import { formatThreshold } from "../state/thresholds";

export const TRACKS_AT_ONCE = 12;

type Track = TrackPair["tracks"][number];

/** Ids of instances made one after the other differ at their end. */
const SHORT_ID = 6;

/** "car #3"; of an instance, the end of its id. */
export function trackLabel(track: Pick<Track, "class" | "identity">): string {
  const { identity } = track;
  return `${classLabel(track.class)} #${identity.length === 24 ? identity.slice(-SHORT_ID) : identity}`;
}

/** "car #3 · car #7" */
export function tracksTitle({ tracks }: TrackPair): string {
  return tracks.map(trackLabel).join(" · ");
}

/** "frames 12–96", "frame 12" */
export function spanText(first: number, last: number): string {
  return first === last ? `frame ${grouped(first)}` : `frames ${grouped(first)}–${grouped(last)}`;
}

/** "overlap in 82 frames · mean IoU 0.91 · 97 % of the shorter" */
export function overlapText({ frames, mean_iou, share }: TrackPair, measure: string): string {
  return `overlap in ${counted(frames, "frame")} · mean ${measure} ${mean_iou.toFixed(2)} · ${percent(share, 1)} of the shorter`;
}

/** The same with everything in it, for screen readers. */
export function tracksText(pair: TrackPair, measure: string): string {
  const each = pair.tracks.map((track) => `${trackLabel(track)} in ${spanText(track.first_frame, track.last_frame)}`);
  return `${each.join(", ")}: ${overlapText(pair, measure)}, ${spanText(pair.first_frame, pair.last_frame)}, of ${fileOf(pair)}`;
}

export function fileOf({ filepath }: TrackPair): string {
  return filepath.split(/[\\/]/).pop() ?? "";
}

/** Part of a bar, in percent. */
export interface Stretch {
  readonly left: number;
  readonly width: number;
}

/** Bars from the first to the last frame that either track has: where each is, and where both overlap. */
export function timelineOf({ tracks, runs }: TrackPair): { readonly tracks: Stretch[]; readonly both: Stretch[] } {
  const begin = Math.min(...tracks.map((track) => track.first_frame));
  const length = Math.max(...tracks.map((track) => track.last_frame)) + 1 - begin;
  const stretch = (first: number, last: number) => ({ left: (100 * (first - begin)) / length, width: (100 * (last + 1 - first)) / length });
  return {
    tracks: tracks.map((track) => stretch(track.first_frame, track.last_frame)),
    both: runs.map(([first = begin, last = first]) => stretch(first, last)),
  };
}

/** "1–12 of 34 pairs of tracks" */
export function tracksPageText(page: number, shown: number, total: number): string {
  if (total === 0) return "No pairs of tracks";
  const pairs = `${grouped(total)} ${total === 1 ? "pair" : "pairs"} of tracks`;
  const first = page * TRACKS_AT_ONCE + 1;
  return shown === total ? pairs : `${grouped(first)}–${grouped(first + shown - 1)} of ${pairs}`;
}

interface At {
  readonly threshold: number;
  readonly measure: string;
  readonly minFrames: number;
  readonly restriction: Restriction;
}

/** Why there are none. */
export function noTracksText({ threshold, measure, minFrames, restriction }: At, unidentified: boolean): string {
  const above = `${counted(minFrames, "frame")} above ${measure === "IoU" ? "" : `${measure} `}${formatThreshold(threshold)}`;
  if (unidentified) return "The labels that overlap have no instance or index, so they make up no tracks.";
  return `No two tracks${restriction === null ? "" : ` of ${classesLabel(restriction)}`} overlap in ${above}.`;
}

/** A whole number of frames from what was typed; `null` for anything else. */
export function parseFrames(typed: string): number | null {
  const value = /^\d{1,6}$/.test(typed.trim()) ? Number(typed) : 0;
  return value >= 1 ? value : null;
}
