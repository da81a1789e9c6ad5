/** Messages about tracks of videos. */
import { className, pairRule } from "./parts";
import { count, flag, listOf, nullable, object, real, text } from "./schema";

/** The choice of overlapping labels. Method and keep rules do not affect tracks. */
const cut = { scan_key: text, iou_thresh: real, ...pairRule };
const span = { first_frame: count, last_frame: count };
const name = { class: className, identity: text };

export const pair = object({
  sample_id: text,
  filepath: text,
  /** The two tracks, each with its frames in the video. */
  tracks: listOf(object({ ...name, ...span, frames: count })),
  /** The frames in which they overlap: the first and last one in total, and of each run of frames. */
  ...span,
  runs: listOf(listOf(count)),
  frames: count,
  mean_iou: real,
  /** The share of the frames of the shorter track. */
  share: real,
});

export const question = object({ ...cut, classes: nullable(listOf(className)), min_frames: count, offset: count, limit: count });
/** `unidentified` is true if labels overlap, but none of them belongs to a track. */
export const page = object({ tracks: listOf(pair), total: count, unidentified: flag });
export const chosen = object({ ...cut, sample_id: text, tracks: listOf(object(name)) });
