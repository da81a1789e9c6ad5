/** The reasons why buttons are disabled, in words. */
import type { MessageName } from "../../protocol/messages";
import type { Numbers } from "../../state/scan/scan";
import { BUSY } from "../widgets/Reason";

export interface Situation {
  readonly busy: string | null;
  readonly isDraft: boolean;
  /** `null` while the labels are counted. */
  readonly numbers: Numbers | null;
  /** The request that failed last, if its failure is shown. */
  readonly failed?: MessageName | undefined;
  /** The number of labels with the tag; `null` while it is not known. */
  readonly tagged: number | null;
  /** Whether exactly the labels of the plan have the tag, besides those that a person tagged. */
  readonly isTagged?: boolean;
  /** The reason why labels cannot be changed; `null` if they can. */
  readonly protectedBy: "app" | "field" | null;
}

const DRAFT = "Scan first, or go back to the open scan.";
const PROTECTED = { app: "The App is read-only.", field: "The field is read-only." } as const;

/** Returns the reason why nothing can be shown; `null` if something can. */
export function whyNotShow({ busy, isDraft, numbers, failed }: Situation): string | null {
  if (busy !== null) return BUSY;
  if (isDraft) return DRAFT;
  if (numbers === null) return failed === "count_labels" ? "The labels could not be counted." : "The labels are being counted.";
  return numbers.labels === 0 ? "No label would be removed at this threshold." : null;
}

/** Returns the reason why nothing can be exported or imported; `null` if something can. */
export function whyNotExport({ busy, isDraft }: Situation): string | null {
  return busy !== null ? BUSY : isDraft ? DRAFT : null;
}

/** Returns the reason why labels cannot be sent to CVAT; `null` if they can. */
export function whyNotSend(isDraft: boolean, uploading: boolean): string | null {
  return isDraft ? DRAFT : uploading ? "Wait until the upload has finished." : null;
}

/** Verdicts can be given while something else is in progress, and on a read-only field. */
export function whyNotReview({ isDraft }: Situation): string | null {
  return isDraft ? DRAFT : null;
}

/** Returns the reason why the reviewed labels cannot be deleted; `null` if they can. */
export function whyNotApply(protectedBy: Situation["protectedBy"]): string | null {
  return protectedBy === null ? null : PROTECTED[protectedBy];
}

export function whyNotBack(busy: string | null, planView: boolean): string | null {
  if (busy !== null) return BUSY;
  return planView ? null : "The App shows your own view.";
}

export function whyNotTag(situation: Situation): string | null {
  const { busy, protectedBy } = situation;
  if (busy === null && protectedBy !== null) return PROTECTED[protectedBy];
  return whyNotShow(situation) ?? (situation.isTagged ? "Exactly these labels are tagged." : null);
}

export function whyNotUntag({ busy, isDraft, tagged, protectedBy }: Situation): string | null {
  if (busy !== null) return BUSY;
  if (protectedBy !== null) return PROTECTED[protectedBy];
  if (isDraft) return DRAFT;
  return !tagged ? "No label is tagged." : null;
}

/** Labels above the cut can be deleted, and tagged ones. */
export function whyNotDelete(situation: Situation): string | null {
  if (situation.busy === null && situation.tagged === null) return situation.failed === "refresh" ? "The tagged labels could not be counted." : "The tagged labels are being counted.";
  const why = whyNotTag(situation);
  return why === null || whyNotUntag(situation) === null ? null : why;
}
