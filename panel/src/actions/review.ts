/** Reviewing groups, tracks and class pairs, and verdicts on them. No label is changed. */
import type { SelectedLabel } from "../protocol/review";
import type { AnswerOf, ClassPair, Group, Picture, Reply, Summary, TrackPair } from "../protocol/messages";
import { classNamesOf } from "../state/scan/classPairs";
import { planOf } from "../state/model";
import { GROUPS_AT_ONCE, type Tabs, TRACKS_AT_ONCE } from "../state/scan/tabs";
import { classPairLabel } from "../words/classes";
import { counted } from "../words/format";
import type { Context } from "./context";
import { reviewerOf } from "./verdicts";

type TakeOver = (from: string | null, summary: Summary | null, tabs: Tabs) => Promise<void>;

export function reviewActions({ ask, model, host, say, openKey, busyWith, noteOwnView }: Context, takeOver: TakeOver, refresh: () => Promise<void>) {
  /** Replaces the open scan by the one that respects the verdict, if the server has made it. */
  async function settle(from: string | null, { summary }: { readonly summary: Summary | null }): Promise<void> {
    await takeOver(from, summary, model().tabs);
    await refresh();
  }

  /** A page of the groups at the cut; `null` after a failure, or if a newer request was made. */
  async function listGroups(): Promise<AnswerOf<"list_groups"> | null> {
    const plan = planOf(model());
    if (plan === null) return null;
    const { page, classPair } = model().tabs;
    return ask("list_groups", { ...plan, class_pair: classPair && [...classPair], offset: page * GROUPS_AT_ONCE, limit: GROUPS_AT_ONCE });
  }

  async function drawCrop({ document_id, members }: Group): Promise<Picture | null> {
    const scanKey = openKey();
    if (scanKey === null) return null;
    const request = { scan_key: scanKey, document_id, label_ids: members.map((member) => member.label_id) };
    return ask("draw_crop", request, `draw_crop ${members[0]?.label_id}`);
  }

  /** The labels that the panel itself selected last. */
  let selectedHere = "";
  const listed = (ids: readonly string[]) => [...ids].sort().join();

  async function showGroup(sampleId: string, labelIds: readonly string[], onClosed = () => {}): Promise<void> {
    const scanKey = openKey();
    if (scanKey === null) return;
    selectedHere = listed(labelIds);
    const shown = await busyWith("show", () => ask("show_group", { scan_key: scanKey, sample_id: sampleId, label_ids: [...labelIds] }));
    noteOwnView(shown);
    if (shown?.opened) {
      host().onSampleClosed(() => {
        void ask("leave_sample", {});
        onClosed();
      });
    }
  }

  /** A page of the pairs of tracks at the cut; `null` after a failure, or if a newer request was made. */
  async function listTracks(page: number): Promise<AnswerOf<"list_tracks"> | null> {
    const plan = planOf(model());
    if (plan === null) return null;
    const { scan_key, iou_thresh, metric, classwise, classes } = plan;
    const { minFrames } = model().tabs;
    return ask("list_tracks", { scan_key, iou_thresh, metric, classwise, classes, min_frames: minFrames, offset: page * TRACKS_AT_ONCE, limit: TRACKS_AT_ONCE });
  }

  async function showTracks({ sample_id, tracks }: TrackPair): Promise<void> {
    const plan = planOf(model());
    if (plan === null) return;
    const { scan_key, iou_thresh, metric, classwise } = plan;
    const named = tracks.map((track) => ({ class: track.class, identity: track.identity }));
    noteOwnView(await busyWith("show", () => ask("show_tracks", { scan_key, iou_thresh, metric, classwise, sample_id, tracks: named })));
  }

  /** Stores the verdict that labels are real. Returns whether it was stored. */
  async function judgeReal(labelIds: readonly string[], onUndone: () => void): Promise<boolean> {
    const scan_key = openKey();
    const done = await busyWith("judge", () => ask("judge_labels", { scan_key, label_ids: [...labelIds], who: reviewerOf({ host }) || null }));
    if (done === null) return false;
    const undo = { label: "Undo", run: () => void forgetVerdicts(labelIds).then(onUndone) };
    say(`Remembered that these ${labelIds.length} labels are real. Later scans will respect this.`, undo);
    await settle(scan_key, done);
    return true;
  }

  async function forgetVerdicts(labelIds: readonly string[] | null): Promise<boolean> {
    const scan_key = openKey();
    const done = await busyWith("judge", () => ask("clear_verdicts", { scan_key, label_ids: labelIds && [...labelIds] }));
    if (done === null) return false;
    say(`Deleted ${counted(done.pairs, "verdict")}.`);
    await settle(scan_key, done);
    return true;
  }

  async function listVerdicts(): Promise<AnswerOf<"list_verdicts"> | null> {
    const scanKey = openKey();
    return scanKey === null ? null : ask("list_verdicts", { scan_key: scanKey });
  }

  function listClassPairs(): Promise<AnswerOf<"list_class_pairs"> | null> {
    const plan = planOf(model());
    if (plan === null) return Promise.resolve(null);
    const { scan_key, metric, classwise } = plan;
    return ask("list_class_pairs", { scan_key, metric, classwise });
  }

  /** Sets the rule of a class pair; neither option removes it. Returns whether it was set. */
  async function setClassPair(classPair: ClassPair, mayOverlap: boolean, own: number | null, onUndone: () => void): Promise<boolean> {
    const { classes, may_overlap: before, iou_thresh: ownBefore } = classPair;
    const set = async (may_overlap: boolean, iou_thresh: number | null) => {
      const scan_key = openKey();
      const done = await busyWith("judge", () => ask("set_class_pair", { scan_key, class_pair: classes, may_overlap, iou_thresh }));
      return done && (() => settle(scan_key, done));
    };
    const settleSet = await set(mayOverlap, own);
    if (settleSet === null) return false;
    const rule = mayOverlap ? "may overlap" : own === null ? "follow the main threshold" : `are duplicates above ${own}`;
    const undo = { label: "Undo", run: () => void set(before, ownBefore).then((settleBack) => settleBack?.()).then(onUndone) };
    say(`From now on, labels of ${classPairLabel(classNamesOf(classPair))} ${rule}.`, undo);
    await settleSet();
    return true;
  }

  /** Whether the panel selected these labels, as it does when it opens a sample. */
  function isOwnSelection(labels: readonly SelectedLabel[]): boolean {
    return listed(labels.map(({ label_id }) => label_id)) === selectedHere;
  }

  let compared = 0;

  /** The caller shows a failure: labels of two images, for example, cannot be compared. */
  async function compareLabels(labels: readonly SelectedLabel[]): Promise<Reply<"compare_labels">> {
    const request = { scan_key: openKey() ?? "", labels: labels.map((label) => ({ ...label })) };
    return host().ask("compare_labels", request, ++compared);
  }

  return { isOwnSelection, compareLabels, listClassPairs, setClassPair, listGroups, drawCrop, showGroup, listTracks, showTracks, judgeReal, forgetVerdicts, listVerdicts };
}
