import { Box, Button, Dialog, DialogActions, DialogContent, DialogTitle, Skeleton } from "@mui/material";
import * as React from "react";
import type { AnswerOf, Confirmed, Cost, KeepRule, PlanDetails as Details, Source, Summary } from "../../protocol/messages";
import type { Decision } from "../../state/decision/decision";
import { classLabel } from "../../words/classes";
import { keepLabel, measureOf } from "../../words/decision";
import { emptiedLabel, emptiedText, NOISY, REVIEWED } from "../../words/emptied";
import { counted, grouped } from "../../words/format";
import { nothingText, skippedText } from "../../words/freshness";
import { verdictsText } from "../../words/byVerdicts";
import { costText } from "../../words/sentence";
import { tagStateText } from "../../words/tags";
import { PlanDetails } from "../decision/PlanDetails";
import { Sources } from "./Sources";
import { Consent } from "../widgets/Consent";
import { Reason } from "../widgets/Reason";
import { ELLIPSIS, ground, ON_DANGER } from "../widgets/theme";

export type Preview = AnswerOf<"preview_delete">;

interface Props {
  readonly decision: Decision;
  readonly rules: readonly KeepRule[];
  readonly measure: Summary["measure"];
  readonly threshold: string;
  readonly tag: string;
  readonly tagged: number;
  /** Whether to offer what was reviewed, as in Review. */
  readonly reviewed: boolean;
  /** The unit that contains the labels: "image", "frame", "scene", ... */
  readonly unit: string;
  readonly planned: number;
  /** The expected cost of the plan; `null` while it is not known. */
  readonly cost: Cost | null;
  readonly planKey: string;
  /** Names a scan in a sentence. */
  readonly nameOf: (scanKey: string) => string;
  readonly details: () => Promise<Details | null>;
  readonly preview: (source: Source) => Promise<Preview | null>;
  readonly onDelete: (source: Source, confirmed: Confirmed) => void;
  readonly onClose: () => void;
}

/** Shows exactly which labels will be deleted, as the server counts them now. Focus is on Cancel. */
export function DeleteDialog({ decision, rules, measure, threshold, tag, tagged, reviewed, unit, planned, cost, planKey, nameOf, details, preview, onDelete, onClose }: Props) {
  const [source, setSource] = React.useState<Source>(reviewed ? "reviewed" : tagged > 0 ? "tag" : "plan");
  const [found, setFound] = React.useState<Preview | "failed" | null>(null);
  const [sure, setSure] = React.useState(false);
  const [allowed, setAllowed] = React.useState(false);
  const titleId = React.useId();

  React.useEffect(() => {
    let late = false;
    setFound(null);
    setAllowed(false);
    void preview(source).then((answer) => {
      if (!late) setFound(answer ?? "failed");
    });
    return () => {
      late = true;
    };
  }, [source, preview]);

  const known = found !== null && found !== "failed" ? found : null;
  const isNothing = known?.labels === 0;
  const noisy = source === "plan" && decision.metric === "ios";
  const emptied = known?.emptied.count ?? 0;
  const uncounted = found === null ? "The labels are being counted." : "The labels could not be counted.";
  const unsure = (noisy && !sure) || (emptied > 0 && !allowed);
  const why = known === null ? uncounted : unsure ? "Confirm the warning above first." : null;
  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="xs" fullWidth data-cy="delete-dialog" PaperProps={{ sx: ground }}>
      <DialogTitle id={titleId} sx={{ pb: 1, fontSize: 17 }}>
        {known === null ? "Delete labels" : isNothing ? "Nothing to delete" : `Delete ${counted(known.labels, "label")} in ${counted(known.images, unit)}?`}
      </DialogTitle>
      <DialogContent sx={{ fontSize: 14, lineHeight: 1.6, fontVariantNumeric: "tabular-nums" }}>
        {(tagged > 0 || reviewed) && <Sources source={source} tag={tag} tagged={tagged} reviewed={reviewed} planned={planned} onSource={setSource} />}
        {source === "plan" && (
          <Box>
            Method {decision.method}, {measureOf({ measure }, decision.metric)} above {threshold}. Keep: {keepLabel(decision.keep, rules)}.
          </Box>
        )}
        <Box sx={{ minHeight: 120 }}>
          {found === null && <Skeleton variant="rectangular" height={96} sx={{ my: 1, borderRadius: 1 }} />}
          {found === "failed" && <Box sx={{ my: 1 }}>The labels could not be counted; the panel shows why. Nothing was changed.</Box>}
          {known !== null && (isNothing ? <Box data-cy="delete-nothing">{nothingText(known.skipped, source)}</Box> : <ByClass classes={known.classes} />)}
          {known !== null && known.state !== null && <Box data-cy="delete-difference">{tagStateText(known.state)}.</Box>}
          {known !== null && <Box data-cy="delete-verdicts">{verdictsText(known)}</Box>}
          {source === "plan" && cost !== null && cost.removed === known?.labels && <Box data-cy="delete-cost">{`Estimate${costText(cost).replace(";", ":")}.`}</Box>}
          {known !== null && !isNothing && <Box sx={{ color: "text.secondary" }}>{skippedText(known.skipped)}</Box>}
        </Box>
        {source === "plan" && known !== null && known.labels > 0 && <PlanDetails planKey={planKey} unit={unit} load={details} />}
        {noisy && <Consent text={NOISY} label={REVIEWED} cy="delete-sure" checked={sure} onChecked={setSure} />}
        {known !== null && emptied > 0 && <Consent text={emptiedText(known.emptied, nameOf)} label={emptiedLabel(emptied)} cy="delete-emptied" checked={allowed} onChecked={setAllowed} />}
        {!isNothing && <Box sx={{ color: "text.secondary" }}>You can undo this from History, which restores every label completely and in its original position.</Box>}
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2 }}>
        <Button autoFocus color="secondary" onClick={onClose} data-cy="delete-cancel" sx={{ textTransform: "none" }}>
          {isNothing ? "Close" : "Cancel"}
        </Button>
        {!isNothing && (
          <Reason why={why}>
            <Button
              variant="contained"
              disableElevation
              disabled={why !== null}
              onClick={() => known !== null && onDelete(source, { expected: known.labels, digest: known.digest, sure, emptied: allowed ? emptied : 0 })}
              data-cy="delete-confirm"
              sx={{ textTransform: "none", ...(why !== null ? {} : ON_DANGER) }}
            >
              {known === null ? "Delete" : `Delete ${grouped(known.labels)}`}
            </Button>
          </Reason>
        )}
      </DialogActions>
    </Dialog>
  );
}

function ByClass({ classes }: { classes: Preview["classes"] }) {
  return (
    <Box
      tabIndex={0}
      role="region"
      aria-label="Labels to delete, by class"
      sx={{ my: 1, maxHeight: 180, overflowY: "auto", border: 1, borderColor: "divider", borderRadius: 1, px: 1.5, py: 0.5 }}
    >
      {classes.map(({ name, labels }) => (
        <Box key={name === null ? "null" : `:${name}`} sx={{ display: "flex", justifyContent: "space-between", gap: 2 }}>
          <Box sx={ELLIPSIS} title={classLabel(name)}>
            {classLabel(name)}
          </Box>
          <b>{grouped(labels)}</b>
        </Box>
      ))}
    </Box>
  );
}
