import * as React from "react";
import type { Colors } from "../../plot/marks";
import { type Situation, whyNotDelete, whyNotExport, whyNotReview, whyNotShow, whyNotTag, whyNotUntag } from "./whyNot";
import type { ExportKind } from "../../words/files";
import { counted, grouped, shownUnit } from "../../words/format";
import { Check, Grid, Tag, Trash } from "../widgets/icons";
import { SplitButton } from "../widgets/SplitButton";
import { useColors } from "../widgets/theme";
import { ActionButton } from "./ActionButton";
import { BackToView } from "./BackToView";
import { ExportMenu } from "./ExportMenu";

export type ShowMode = "samples" | "labels" | "patches";

interface Props extends Situation {
  /** Whether the numbers describe the dataset as it is now; buttons show no others. */
  readonly hold: boolean;
  /** Whether the App shows a view that the panel made. */
  readonly planView: boolean;
  /** The unit that contains the labels: "image", "frame", "scene", ... */
  readonly unit: string;
  /** Whether the App can show the labels as patches. */
  readonly patches: boolean;
  readonly onReview: () => void;
  readonly onShow: (mode: ShowMode) => void;
  readonly onBack: () => void;
  readonly onTag: () => void;
  readonly onUntag: () => void;
  readonly onDelete: () => void;
  readonly onExport: (kind: ExportKind, colors: Colors) => void;
  readonly onImport: (name: string, content: string) => void;
  /** More actions. */
  readonly children?: React.ReactNode;
}

/** The actions on the labels that would be removed. Each has its own place, so that no button moves. */
export function ActionBar(props: Props) {
  const { children, numbers, hold, tagged, isTagged, planView, unit, patches, busy, isDraft, onReview, onShow, onBack, onTag, onUntag, onDelete, onExport, onImport } = props;
  const colors = useColors();
  const known = hold && !isDraft ? numbers : null;
  const labels = known !== null && known.labels > 0 ? ` ${grouped(known.labels)}` : "";
  // tagged labels are preselected
  const toDelete = known === null || tagged === null ? "" : tagged > 0 ? ` ${grouped(tagged)}` : labels;
  const images = known?.images ? counted(known.images, unit) : `${unit}s`;
  const showSamples = React.useCallback(() => onShow("samples"), [onShow]);
  const choices = React.useMemo(
    () => [
      { label: `Show the ${shownUnit(unit)}s in the grid`, cy: "show-samples", onClick: () => onShow("samples") },
      patches
        ? { label: "Show the labels and those that they overlap as patches", cy: "show-patches", onClick: () => onShow("patches") }
        : { label: "Show only the labels and those that they overlap", cy: "show-labels", onClick: () => onShow("labels") },
    ],
    [onShow, unit, patches],
  );

  return (
    <div style={{ display: "flex", flexWrap: "wrap", gap: 8 }} data-cy="actions">
      <ActionButton primary label="Review…" icon={CHECK} cy="open-review" why={whyNotReview(props)} onClick={onReview} />
      <SplitButton plain label={busy === "show" ? "Showing…" : `Show ${images}`} icon={GRID} cy="show" why={whyNotShow(props)} onClick={showSamples} choicesLabel="More ways to show" choices={choices} />
      <BackToView busy={busy} planView={planView} onBack={onBack} />
      <ActionButton label={busy === "tag" ? "Tagging…" : `${isTagged && known !== null ? "Tagged" : "Tag"}${labels}`} icon={TAG} cy="tag" why={whyNotTag(props)} onClick={onTag} />
      {tagged !== null && tagged > 0 && <ActionButton label={busy === "untag" ? "Untagging…" : `Untag ${grouped(tagged)}`} cy="untag" why={whyNotUntag(props)} onClick={onUntag} />}
      <ActionButton label={busy === "delete" ? "Deleting…" : `Delete${toDelete}…`} icon={TRASH} cy="delete" why={whyNotDelete(props)} onClick={onDelete} />
      {children}
      <ExportMenu why={whyNotExport(props)} onExport={(kind) => onExport(kind, colors)} onImport={onImport} />
    </div>
  );
}

const CHECK = <Check />;
const GRID = <Grid />;
const TAG = <Tag />;
const TRASH = <Trash />;
