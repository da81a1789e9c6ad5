/** What a person looks at and judges: groups, tracks, and which labels are real. No label is changed. */
import type { Context } from "./context";
import { counted } from "../words/format";
import { GROUPS_AT_ONCE } from "../state/cut";
import type { Look } from "../state/tabs";
import { planOf } from "../state/model";
import { pairLabel, pairOf } from "../state/classPairs";
import { TRACKS_AT_ONCE } from "../words/tracks";
import type { AnswerOf, ClassPair, Group, Picture, Summary, TrackPair } from "../protocol/messages";

type BusyWith = <T>(name: string, work: () => Promise<T>) => Promise<T | null>;

type TakeOver = (summary: Summary | null, kept: Look) => Promise<void>;

export function reviewActions({ ask, model, host }: Context, busyWith: BusyWith, takeOver: TakeOver, refresh: () => Promise<void>) {
  const openKey = () => model().scan?.summary.scan_key ?? null;

  /** The scan under what was judged takes the place of the open one, where it was made. */
  async function settle({ summary }: { readonly summary: Summary | null }): Promise<void> {
    await takeOver(summary, model().look);
    await refresh();
  }

  /** A page of the groups at the cut; `null` after a failure, or where a newer question overtook it. */
  async function listGroups(): Promise<AnswerOf<"list_groups"> | null> {
    const plan = planOf(model());
    if (plan === null) return null;
    const { page, pair } = model().look;
    return ask("list_groups", { ...plan, pair: pair && [...pair], offset: page * GROUPS_AT_ONCE, limit: GROUPS_AT_ONCE });
  }

  async function drawCrop({ holder_id, members }: Group): Promise<Picture | null> {
    const scanKey = model().scan?.summary.scan_key;
    if (scanKey === undefined) return null;
    const request = { scan_key: scanKey, holder_id, label_ids: members.map((member) => member.label_id) };
    return ask("draw_crop", request, `draw_crop ${members[0]?.label_id}`);
  }

  async function showGroup(sampleId: string, labelIds: readonly string[]): Promise<void> {
    const scanKey = model().scan?.summary.scan_key;
    if (scanKey === undefined) return;
    await busyWith("show", () => ask("show_group", { scan_key: scanKey, sample_id: sampleId, label_ids: [...labelIds] }));
  }

  /** A page of the pairs of tracks at the cut; `null` after a failure, or where a newer question overtook it. */
  async function listTracks(page: number): Promise<AnswerOf<"list_tracks"> | null> {
    const plan = planOf(model());
    if (plan === null) return null;
    const { scan_key, iou_thresh, metric, classes } = plan;
    const { minFrames } = model().look;
    return ask("list_tracks", { scan_key, iou_thresh, metric, classes, min_frames: minFrames, offset: page * TRACKS_AT_ONCE, limit: TRACKS_AT_ONCE });
  }

  async function showTracks({ sample_id, tracks }: TrackPair): Promise<void> {
    const plan = planOf(model());
    if (plan === null) return;
    const { scan_key, iou_thresh, metric } = plan;
    const named = tracks.map((track) => ({ class: track.class, identity: track.identity }));
    await busyWith("show", () => ask("show_tracks", { scan_key, iou_thresh, metric, sample_id, tracks: named }));
  }

  /** Remembers that labels are real; answers whether it did. */
  async function judgeReal(labelIds: readonly string[], undone: () => void): Promise<boolean> {
    const done = await busyWith("judge", () => ask("judge_labels", { scan_key: openKey(), label_ids: [...labelIds] }));
    if (done === null) return false;
    const undo = { label: "Undo", run: () => void forgetVerdicts(labelIds).then(undone) };
    host().notify(`Remembered: these ${labelIds.length} labels are real. Every later scan respects it.`, "success", undo);
    await settle(done);
    return true;
  }

  async function forgetVerdicts(labelIds: readonly string[] | null): Promise<boolean> {
    const done = await busyWith("judge", () => ask("clear_verdicts", { scan_key: openKey(), label_ids: labelIds && [...labelIds] }));
    if (done === null) return false;
    host().notify(`Forgot that ${counted(done.pairs, "pair")} of labels ${done.pairs === 1 ? "is" : "are"} real.`, "success");
    await settle(done);
    return true;
  }

  async function listVerdicts(): Promise<AnswerOf<"list_verdicts"> | null> {
    const scanKey = model().scan?.summary.scan_key;
    return scanKey === undefined ? null : ask("list_verdicts", { scan_key: scanKey });
  }

  function listClassPairs(): Promise<AnswerOf<"list_class_pairs"> | null> {
    const { scan, cut } = model();
    return scan === null || cut === null ? Promise.resolve(null) : ask("list_class_pairs", { scan_key: scan.summary.scan_key, metric: cut.metric });
  }

  /** Sets what holds for a pair of classes; neither of both: as for the rest. Answers whether it did. */
  async function setClassPair(pair: ClassPair, mayOverlap: boolean, own: number | null, undone: () => void): Promise<boolean> {
    const { classes, may_overlap: before, iou_thresh: ownBefore } = pair;
    const set = (may_overlap: boolean, iou_thresh: number | null) =>
      busyWith("judge", () => ask("set_class_pair", { scan_key: openKey(), pair: classes, may_overlap, iou_thresh }));
    const done = await set(mayOverlap, own);
    if (done === null) return false;
    const told = mayOverlap ? "may overlap" : own === null ? "are decided like the rest" : `are duplicates above ${own}`;
    const undo = { label: "Undo", run: () => void set(before, ownBefore).then(async (back) => back && settle(back)).then(undone) };
    host().notify(`Labels of ${pairLabel(pairOf(pair))} ${told} from now on.`, "success", undo);
    await settle(done);
    return true;
  }

  return { listClassPairs, setClassPair, listGroups, drawCrop, showGroup, listTracks, showTracks, judgeReal, forgetVerdicts, listVerdicts };
}
