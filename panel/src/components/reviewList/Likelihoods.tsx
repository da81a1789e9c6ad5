import { Box, Button } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { AnswerOf } from "../../protocol/messages";
import { counted } from "../../words/format";
import { agreedText, intervalText, originText, SAMPLE_TEXT, sampleText } from "../../words/review/advice";
import { Reason } from "../widgets/Reason";

interface Props {
  readonly scanKey: string;
  /** Whether verdicts are not stored yet, so that they cannot be used. */
  readonly pending: boolean;
  readonly actions: Actions;
  readonly onDone: () => void;
}

/** The source of the likelihoods, the check of them by random pairs, and their recalibration by verdicts. */
export function Likelihoods({ scanKey, pending, actions, onDone }: Props) {
  const [found, setFound] = React.useState<AnswerOf<"check_likelihoods"> | null>(null);
  React.useEffect(() => {
    if (pending) return;
    let late = false;
    void actions.checkLikelihoods().then((answer) => !late && setFound(answer));
    return () => {
      late = true;
    };
  }, [scanKey, pending, actions]);
  if (found === null) return null;
  const { verdicts, calibrated, pairs, bands } = found;
  const whyNot = pending ? "Wait until the verdicts are stored." : verdicts === 0 ? "No pair of this scan has a verdict that says whether it is one object." : null;
  const sample = () => {
    onDone();
    actions.changeReview({ order: "sample", at: [] });
  };
  return (
    <Box sx={{ borderTop: 1, borderColor: "divider", pt: 1.5, lineHeight: 1.5 }} data-cy="likelihoods">
      <Box data-cy="likelihoods-origin">{originText(calibrated)}</Box>
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, mt: 0.5 }}>
        <Reason why={whyNot}>
          <Button size="small" variant="outlined" color="secondary" disabled={whyNot !== null} onClick={() => (onDone(), void actions.recalibrate())} data-cy="recalibrate" sx={{ textTransform: "none" }}>
            {verdicts === 0 ? "Recalibrate with verdicts" : `Recalibrate with ${counted(verdicts, "verdict")}`}
          </Button>
        </Reason>
        <Reason why={pairs === 0 ? "No pair has a likelihood above 0.30." : null}>
          <Button size="small" variant="outlined" color="secondary" disabled={pairs === 0} onClick={sample} data-cy="sample" sx={{ textTransform: "none" }}>
            {sampleText(found)}
          </Button>
        </Reason>
      </Box>
      {bands.length > 0 && (
        <Box component="table" sx={{ mt: 0.5, width: "100%", fontSize: 12, borderCollapse: "collapse", "& td, & th": { pr: 1, py: "1px", textAlign: "left", fontWeight: "normal" } }}>
          <caption style={{ textAlign: "left", padding: 0, color: "inherit" }}>{SAMPLE_TEXT}: how many are one object, with 95 % intervals</caption>
          <thead>
            <tr>
              <th scope="col">stated</th>
              <th scope="col">one object</th>
              <th scope="col">interval</th>
            </tr>
          </thead>
          <tbody>
            {bands.map((band) => (
              <tr key={band.lo}>
                <td>
                  {band.lo.toFixed(2)}–{band.hi.toFixed(2)}
                </td>
                <td>{agreedText(band)}</td>
                <td>{intervalText(band)}</td>
              </tr>
            ))}
          </tbody>
        </Box>
      )}
    </Box>
  );
}
