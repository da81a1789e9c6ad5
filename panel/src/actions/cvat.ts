/** Sending labels to CVAT and loading them back. Failures are returned; the dialog that asked shows them. */
import type { CvatPreview, Failure, MessageName, Reply, RequestOf, Summary } from "../protocol/messages";
import { planOf } from "../state/model";
import type { Selected, SendOptions } from "../state/sendForm";
import { duplicatesText } from "../words/cvat/changes";
import { counted } from "../words/format";
import { type Context, newRunId } from "./context";
import { tagOf, type Written } from "./edits";

type Conclude = (message: string, done: Written, from: string | null, summary: Summary | null) => Promise<void>;

export type CvatActions = ReturnType<typeof cvatActions>;

const NO_PLAN: Failure = { message: "No scan is open.", consequence: "Nothing was changed.", advice: "Scan first." };
const BUSY: Failure = { message: "Another action is in progress.", consequence: "Nothing was changed.", advice: "Wait for it to finish, then try again." };

export function cvatActions({ model, host, openKey, busyWith, noteOwnView, ask: askPanel }: Context, conclude: Conclude) {
  let asked = 0;

  function ask<M extends MessageName>(message: M, request: RequestOf<M>): Promise<Reply<M>> {
    return host().ask(message, request, ++asked);
  }

  function cvatStatus(): Promise<Reply<"cvat_status">> {
    return ask("cvat_status", {});
  }

  async function previewUpload(selected: Selected): Promise<Reply<"cvat_preview_upload">> {
    const plan = planOf(model());
    return plan === null ? { ok: false, error: NO_PLAN } : ask("cvat_preview_upload", { ...plan, ...selected });
  }

  async function sendToCvat(selected: Selected, options: SendOptions, expected: number): Promise<Reply<"send_to_cvat">> {
    const plan = planOf(model());
    return plan === null ? { ok: false, error: NO_PLAN } : ask("send_to_cvat", { ...plan, ...selected, ...options, expected });
  }

  function cancelUpload(runId: string): Promise<Reply<"cancel_run">> {
    return ask("cancel_run", { run_id: runId });
  }

  function listTrips(): Promise<Reply<"list_cvat">> {
    return ask("list_cvat", {});
  }

  /** The run that compares or loads a trip now. */
  let loading: string | null = null;
  let canceled: string | null = null;

  async function inRun<T>(work: (runId: string) => Promise<T>): Promise<T> {
    const runId = newRunId();
    loading = runId;
    try {
      return await work(runId);
    } finally {
      if (loading === runId) loading = null;
    }
  }

  function previewLoad(trip_id: string): Promise<Reply<"preview_cvat_load">> {
    return inRun((run_id) => ask("preview_cvat_load", { trip_id, run_id }));
  }

  /** Returns, in words, the reason why the comparison or load in progress waits; `null` if it does not. */
  async function loadWaits(): Promise<string | null> {
    // again with every poll: a run that begins after the user has canceled would continue
    const message = loading === canceled ? "cancel_run" : "poll_run";
    const reply = loading === null ? null : await ask(message, { run_id: loading });
    return reply?.ok ? reply.answer.run.waits : null;
  }

  /** Shows the labels in the grid that a load skips. */
  async function showSkipped(trip_id: string, labels: CvatPreview["skipped"]["labels"]): Promise<void> {
    const sample_ids = [...new Set(labels.map(({ sample_id }) => sample_id))];
    const label_ids = labels.flatMap(({ label_id }) => label_id ?? []);
    noteOwnView(await busyWith("show", () => askPanel("show_cvat_labels", { trip_id, sample_ids, label_ids })));
  }

  /** Cancels the run that compares or loads a trip; its answer reports the outcome. */
  function cancelLoad(): void {
    if (loading === null) return;
    canceled = loading;
    void ask("cancel_run", { run_id: loading });
  }

  /** Applies the edits that were shown. Returns the failure, or `null`. */
  async function loadEdits(trip_id: string, digest: string, cleanup: boolean, emptied: number, allow_mass_delete: boolean): Promise<Failure | null> {
    const request = { trip_id, digest, cleanup, emptied, allow_mass_delete, scan_key: openKey(), tag: tagOf(model()) };
    const reply = await busyWith("cvat", () => inRun((run_id) => ask("load_from_cvat", { ...request, run_id })));
    if (reply === null) return BUSY;
    if (!reply.ok) return reply.error;
    const { answer } = reply;
    const loaded = answer.labels === 0 ? "There was nothing to load from CVAT" : `Loaded ${counted(answer.labels, "label")} in ${counted(answer.images, "image")} from CVAT`;
    const remaining = duplicatesText(answer.remaining).replace(/\.$/, "");
    const tasks = answer.is_removed ? "Its tasks in CVAT were deleted" : answer.problem;
    void conclude(`${loaded}. ${remaining}${tasks === null ? "" : `. ${tasks}`}`, answer, request.scan_key, answer.summary);
    return null;
  }

  function discardTrip(trip_id: string, forget: boolean): Promise<Reply<"discard_cvat">> {
    return ask("discard_cvat", { trip_id, forget });
  }

  /** Records a new address for the server of a trip; `null` for the configured one. */
  function moveTrip(trip_id: string, url: string | null): Promise<Reply<"move_cvat">> {
    return ask("move_cvat", { trip_id, url });
  }

  return { cvatStatus, previewUpload, sendToCvat, cancelUpload, listTrips, previewLoad, loadWaits, showSkipped, loadEdits, cancelLoad, discardTrip, moveTrip };
}
