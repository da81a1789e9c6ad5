/** Out to CVAT and back. Failures are answered, and told in the dialog that asked. */
import type { Context } from "./context";
import type { SendOptions, Selected } from "../words/cvat";
import { duplicatesText } from "../words/cvatChanges";
import { counted } from "../words/format";
import { planOf } from "../state/model";
import type { Failure, MessageName, Reply, RequestOf, Summary } from "../protocol/messages";
import { tagOf, type Written } from "./edits";

type BusyWith = <T>(name: string, work: () => Promise<T>) => Promise<T | null>;
type Conclude = (told: string, done: Written, summary: Summary | null) => Promise<void>;

export type CvatActions = ReturnType<typeof cvatActions>;

const NO_PLAN: Failure = { message: "No scan is open.", consequence: "Nothing was changed.", advice: "Scan first." };
const OCCUPIED: Failure = { message: "Something else is being done.", consequence: "Nothing was changed.", advice: "Wait until it has ended, then try again." };

/** An id of the kind that runs have: 24 hexadecimal digits. */
function newRunId(): string {
  return Array.from({ length: 24 }, () => Math.floor(16 * Math.random()).toString(16)).join("");
}

export function cvatActions({ model, host }: Context, busyWith: BusyWith, conclude: Conclude) {
  let asked = 0;

  function say<M extends MessageName>(message: M, request: RequestOf<M>): Promise<Reply<M>> {
    return host().ask(message, request, ++asked);
  }

  function cvatStatus(): Promise<Reply<"cvat_status">> {
    return say("cvat_status", {});
  }

  async function previewUpload(selected: Selected): Promise<Reply<"cvat_preview_upload">> {
    const plan = planOf(model());
    return plan === null ? { ok: false, error: NO_PLAN } : say("cvat_preview_upload", { ...plan, ...selected });
  }

  async function sendToCvat(selected: Selected, options: SendOptions, expected: number): Promise<Reply<"send_to_cvat">> {
    const plan = planOf(model());
    return plan === null ? { ok: false, error: NO_PLAN } : say("send_to_cvat", { ...plan, ...selected, ...options, expected });
  }

  function cancelUpload(runId: string): Promise<Reply<"cancel_run">> {
    return say("cancel_run", { run_id: runId });
  }

  function listTrips(): Promise<Reply<"list_cvat">> {
    return say("list_cvat", {});
  }

  /** The run in which a trip is being compared or loaded. */
  let loading: string | null = null;

  async function inRun<T>(work: (runId: string) => Promise<T>): Promise<T> {
    const runId = newRunId();
    loading = runId;
    try {
      return await work(runId);
    } finally {
      if (loading === runId) loading = null;
    }
  }

  function previewLoad(annoKey: string): Promise<Reply<"preview_cvat_load">> {
    return inRun((run_id) => say("preview_cvat_load", { anno_key: annoKey, run_id }));
  }

  /** Stops what asks CVAT for a trip: its own answer tells how it ended. */
  function cancelLoad(): void {
    if (loading !== null) void say("cancel_run", { run_id: loading });
  }

  /** Applies what was shown; answers why it did not. */
  async function loadEdits(annoKey: string, digest: string, cleanup: boolean): Promise<Failure | null> {
    const scanKey = model().scan?.summary.scan_key ?? null;
    const request = { anno_key: annoKey, digest, cleanup, scan_key: scanKey, tag: tagOf(model()) };
    const reply = await busyWith("cvat", () => inRun((run_id) => say("load_from_cvat", { ...request, run_id })));
    if (reply === null) return OCCUPIED;
    if (!reply.ok) return reply.error;
    const { answer } = reply;
    const told = answer.labels === 0 ? "Nothing was to be loaded from CVAT" : `Loaded ${counted(answer.labels, "label")} in ${counted(answer.images, "image")} from CVAT`;
    const left = duplicatesText(answer.remaining).replace(/\.$/, "");
    const tasks = answer.is_removed ? "Its tasks in CVAT are deleted" : answer.problem;
    void conclude(`${told}. ${left}${tasks === null ? "" : `. ${tasks}`}`, answer, answer.summary);
    return null;
  }

  function discardTrip(annoKey: string, forget: boolean): Promise<Reply<"discard_cvat">> {
    return say("discard_cvat", { anno_key: annoKey, forget });
  }

  return { cvatStatus, previewUpload, sendToCvat, cancelUpload, listTrips, previewLoad, loadEdits, cancelLoad, discardTrip };
}
