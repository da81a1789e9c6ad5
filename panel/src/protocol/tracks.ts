/** What the two halves of the panel say to each other about tracks of videos. */
import { className, metric } from "./parts";
import { count, flag, listOf, nullable, object, real, text } from "./schema";

/** What overlaps; who of it goes plays no part. */
const cut = { scan_key: text, iou_thresh: real, metric };
const span = { first_frame: count, last_frame: count };
const name = { class: className, identity: text };

export const pair = object({
  sample_id: text,
  filepath: text,
  /** The two, each with where it is in the video. */
  tracks: listOf(object({ ...name, ...span, frames: count })),
  /** Where they overlap: first and last frame in all, and of each run. */
  ...span,
  runs: listOf(listOf(count)),
  frames: count,
  mean_iou: real,
  /** Of the frames of the shorter one. */
  share: real,
});

export const question = object({ ...cut, classes: nullable(listOf(className)), min_frames: count, offset: count, limit: count });
/** `unidentified`: whether labels overlap, but none of them is of a track. */
export const page = object({ tracks: listOf(pair), total: count, unidentified: flag });
export const chosen = object({ ...cut, sample_id: text, tracks: listOf(object(name)) });
