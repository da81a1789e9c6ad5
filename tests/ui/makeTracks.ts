/** Pairs of tracks as the server would return them, the longest first. */
import type { TrackPair } from "../../panel/src/protocol/messages";

export const TRACKS = 30;

const CLASSES = ["car", "truck", null];

export function makeTracks(): TrackPair[] {
  return Array.from({ length: TRACKS }, (_, k) => {
    const first = 12 + k;
    const last = 96;
    const frames = last + 1 - first - 3 - k;
    return {
      sample_id: `video-${k % 4}`,
      filepath: `/videos/street_${k % 4}.mp4`,
      tracks: [
        { class: CLASSES[k % 3] ?? null, identity: "3", frames: 120, first_frame: 1, last_frame: 120 },
        { class: "car", identity: k === 1 ? "656565656565656565a1b2c3" : String(7 + k), frames: last + 1 - first, first_frame: first, last_frame: last },
      ],
      first_frame: first,
      last_frame: last,
      runs: [
        [first, first + 10],
        [first + 14, last],
      ],
      frames,
      mean_iou: 0.95 - k / 100,
      share: frames / (last + 1 - first),
    };
  });
}
