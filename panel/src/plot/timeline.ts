/** The frames of two tracks in their video, as bars. */
import type { TrackPair } from "../protocol/messages";

/** Part of a bar, in percent. */
export interface Stretch {
  readonly left: number;
  readonly width: number;
}

/** Bars from the first to the last frame of either track: one for each track, and those where both overlap. */
export function timelineOf({ tracks, runs }: TrackPair): { readonly tracks: Stretch[]; readonly both: Stretch[] } {
  const begin = Math.min(...tracks.map((track) => track.first_frame));
  const length = Math.max(...tracks.map((track) => track.last_frame)) + 1 - begin;
  const stretch = (first: number, last: number) => ({ left: (100 * (first - begin)) / length, width: (100 * (last + 1 - first)) / length });
  return {
    tracks: tracks.map((track) => stretch(track.first_frame, track.last_frame)),
    both: runs.map(([first = begin, last = first]) => stretch(first, last)),
  };
}
