import { Box, Button } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { AnswerOf } from "../../protocol/messages";
import { outcomeOf } from "../../state/cut/cut";
import { countsIn, type Opened } from "../../state/model";
import { toThousandths } from "../../state/decision/thresholds";
import { classesLabel } from "../../words/classes";
import { agreedText, intervalText, pickedText } from "../../words/review/advice";
import { foldedText } from "../../words/sentence";

interface Props {
  readonly model: Opened;
  readonly actions: Actions;
  readonly onDone: () => void;
}

/** The number of verdicts from which on something is suggested. */
const ENOUGH = 20;
const FEW = 6;

/** The agreement of the verdicts with the plan, and the threshold that follows. */
export function Advice({ model, actions, onDone }: Props) {
  const [found, setFound] = React.useState<AnswerOf<"review_advice"> | null>(null);
  const [asked, setAsked] = React.useState(false);
  /** The class pair whose bands are shown. */
  const [open, setOpen] = React.useState<string | null>(null);
  React.useEffect(() => {
    let late = false;
    void actions.reviewAdvice().then((answer) => !late && setFound(answer));
    return () => {
      late = true;
    };
  }, [actions]);
  if (found === null) return null;
  const { judged, suggestion, bands, class_pairs } = found;
  if (judged < ENOUGH) return <Box sx={NOTE}>After {ENOUGH} verdicts, a threshold is suggested here ({judged} so far).</Box>;
  const threshold = suggestion === null ? null : toThousandths(suggestion.iou_thresh);
  const plan = threshold === null ? "" : foldedText(model.scan, { ...model.cut, threshold }, outcomeOf(model.scan, { ...model.cut, threshold, settled: threshold }, countsIn(model), null).numbers);
  return (
    <Box sx={{ borderTop: 1, borderColor: "divider", pt: 1.5, lineHeight: 1.5 }} data-cy="advice">
      <Box>{suggestion === null ? `No threshold can be suggested from ${judged} verdicts yet.` : `Above ${suggestion.iou_thresh.toFixed(2)} you removed ${agreedText(suggestion)}.`}</Box>
      <Box sx={{ fontSize: 12 }} data-cy="advice-picked">
        {pickedText(found)}
      </Box>
      {threshold !== null && (
        <Button size="small" variant="outlined" color="secondary" aria-expanded={asked} onClick={() => setAsked(!asked)} data-cy="advice-apply" sx={{ textTransform: "none" }}>
          Apply…
        </Button>
      )}
      {asked && threshold !== null && (
        <Box data-cy="advice-plan">
          The threshold would be set: {plan}. Nothing is removed now.{" "}
          <Button
            size="small"
            variant="contained"
            disableElevation
            onClick={() => {
              onDone();
              actions.changeThreshold(threshold, true);
            }}
            data-cy="advice-now"
            sx={{ color: "#161616", textTransform: "none" }}
          >
            Cut at {(threshold / 1000).toFixed(2)}
          </Button>
        </Box>
      )}
      <Box component="table" sx={{ mt: 0.5, width: "100%", fontSize: 12, borderCollapse: "collapse", "& td": { pr: 1, py: "1px" } }}>
        <caption style={{ textAlign: "left", padding: 0, color: "inherit" }}>How often you agreed with the plan, with 95 % intervals</caption>
        <tbody>
          <Bands bands={bands} />
          {class_pairs.slice(0, FEW).map((classPair) => {
            const name = classesLabel(classPair.classes);
            return (
              <React.Fragment key={JSON.stringify(classPair.classes)}>
                <tr>
                  <td>
                    <Button size="small" color="inherit" aria-expanded={open === name} onClick={() => setOpen(open === name ? null : name)} data-cy="advice-class-pair" sx={{ p: 0, minWidth: 0, fontSize: 12, textTransform: "none", textDecoration: "underline" }}>
                      {name}
                    </Button>
                  </td>
                  <td>{agreedText(classPair)}</td>
                  <td>{intervalText(classPair)}</td>
                </tr>
                {open === name && <Bands bands={classPair.bands} />}
              </React.Fragment>
            );
          })}
        </tbody>
      </Box>
    </Box>
  );
}

/** The agreement in each tenth of a measure. */
function Bands({ bands }: { bands: AnswerOf<"review_advice">["bands"] }) {
  return (
    <>
      {bands.map((band) => (
        <tr key={`${band.measure} ${band.lo}`} data-cy="advice-band">
          <td>
            {band.measure === "iou" ? "overlap" : "likelihood"} {band.lo.toFixed(2)}–{band.hi.toFixed(2)}
          </td>
          <td>{agreedText(band)}</td>
          <td>{intervalText(band)}</td>
        </tr>
      ))}
    </>
  );
}

const NOTE = { borderTop: 1, borderColor: "divider", pt: 1.5, fontSize: 12, color: "text.secondary" } as const;
