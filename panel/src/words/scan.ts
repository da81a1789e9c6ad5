/** The scope of a scan, in words. */
import type { ScanEntry, Summary } from "../protocol/messages";
import type { SliceChoice } from "../state/scan/slices";

export function scopeLabel(kind: ScanEntry["scope"]): string {
  return { dataset: "Dataset", view: "Current view", selection: "Selected samples" }[kind];
}

/** "slice left", "slices left and right" */
export function slicesLabel(names: readonly string[]): string {
  const last = names[names.length - 1] ?? "";
  return names.length < 2 ? `slice ${last}` : `slices ${names.slice(0, -1).join(", ")} and ${last}`;
}

/** "left", "left and right", "all 4: left, right, front, back" */
export function chosenLabel({ offered, chosen }: SliceChoice): string {
  if (chosen.length > 2 && chosen.length === offered.length) return `all ${chosen.length}: ${chosen.join(", ")}`;
  return slicesLabel(chosen).replace(/^slices? /, "");
}

/** The names of scans in a list: titles, with the keys of scans that share one. */
export function scanNames(scans: readonly Pick<ScanEntry, "scan_key" | "title">[]): ReadonlyMap<string, string> {
  const shared = (title: string) => scans.filter((scan) => scan.title === title).length > 1;
  return new Map(scans.map(({ scan_key, title }) => [scan_key, shared(title) ? `${title} (${scan_key})` : title]));
}

/** "this scan", "the scan “ground_truth, any class”" */
export function scanPhrase(scans: readonly ScanEntry[], openKey: string, scanKey: string): string {
  return scanKey === openKey ? "this scan" : `the scan “${scanNames(scans).get(scanKey) ?? scanKey}”`;
}

type Compared = Pick<ScanEntry, "label_field" | "other_field" | "kind" | "compared" | "classwise" | "scope" | "slices">;

/** All that a scan compared: ["ground_truth against predictions", "boxes", "any class", "dataset"] */
export function comparedParts({ label_field, other_field, kind, compared, classwise, scope, slices }: Compared): string[] {
  return [
    other_field === null ? label_field : `${label_field} against ${other_field}`,
    ...(compared.some((words) => words.includes(kind)) ? [] : [kind]),
    ...compared,
    classwise ? "same class" : "any class",
    scopeLabel(scope).toLowerCase(),
    ...(slices === null || slices.length === 0 ? [] : [slicesLabel(slices)]),
  ];
}

/** The same for the scan shown; `classwise` is that of its cut. */
export function shownParts({ params, kind, compared, scope, rotations = [] }: Summary, classwise: boolean): string[] {
  const { label_field, other_field } = params;
  const parts = comparedParts({ label_field, other_field, kind, compared, classwise, scope: scope.kind, slices: scope.slices });
  return rotations.length === 0 ? parts : [...parts, `rotations in ${rotations.join(" and ")}`];
}

/** "Unchanged since the scan of 12:03; no new scan was stored." */
export function unchangedText(scannedAt: string | null): string {
  const date = new Date(scannedAt ?? "");
  if (Number.isNaN(date.getTime())) return "Nothing has changed since this scan; no new scan was stored.";
  const time = date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const today = date.toDateString() === new Date().toDateString();
  const day = today ? "" : `${date.toLocaleDateString("en-US", { month: "short", day: "numeric" })}, `;
  return `Unchanged since the scan of ${day}${time}; no new scan was stored.`;
}
