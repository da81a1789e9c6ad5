/** Pairs of tracks of videos that cover one object, in words. */
import type { TrackPair } from "../protocol/messages";
import type { Restriction } from "../state/scan/scan";
import { TRACKS_AT_ONCE } from "../state/scan/tabs";
import { formatThreshold } from "../state/decision/thresholds";
import { classesLabel, classLabel } from "./classes";
import { counted, grouped, percent } from "./format";

type Track = TrackPair["tracks"][number];

/** Ids of instances that were created in a row differ at their end. */
const SHORT_ID = 6;

/** "car #3"; for an instance, the end of its id. */
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

/** The complete description, for screen readers. */
export function tracksText(pair: TrackPair, measure: string): string {
  const each = pair.tracks.map((track) => `${trackLabel(track)} in ${spanText(track.first_frame, track.last_frame)}`);
  return `${each.join(", ")}: ${overlapText(pair, measure)}, ${spanText(pair.first_frame, pair.last_frame)}, of ${fileOf(pair)}`;
}

export function fileOf({ filepath }: TrackPair): string {
  return filepath.split(/[\\/]/).pop() ?? "";
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

/** The reason why no tracks are listed. */
export function noTracksText({ threshold, measure, minFrames, restriction }: At, unidentified: boolean): string {
  const above = `${counted(minFrames, "frame")} above ${measure === "IoU" ? "" : `${measure} `}${formatThreshold(threshold)}`;
  if (unidentified) return "The overlapping labels have no instance or index, so they do not form tracks.";
  return `No two tracks${restriction === null ? "" : ` of ${classesLabel(restriction)}`} overlap in ${above}.`;
}
