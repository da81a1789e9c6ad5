import { Box, Button } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { SelectedLabel } from "../../protocol/review";
import { comparisonText } from "../../words/review/comparison";
import { useAnswer } from "../../actions/model/useAnswer";

interface Props {
  readonly scanKey: string;
  readonly selected: readonly SelectedLabel[];
  readonly actions: Actions;
}

const SETTLE_MS = 200;

/** The overlap of two labels that are selected in the App. As the App drops a selection with its sample, it is shown until it is dismissed. */
export function TwoLabels({ scanKey, selected, actions }: Props) {
  const [two, setTwo] = React.useState<readonly SelectedLabel[] | null>(null);
  React.useEffect(() => {
    if (selected.length === 2 && !actions.isOwnSelection(selected)) setTwo(selected);
    else if (selected.length > 0) setTwo(null);
  }, [selected, actions]);
  const { answer, failure } = useAnswer(two === null ? null : JSON.stringify([scanKey, two]), () => actions.compareLabels(two ?? []), SETTLE_MS);
  if (two === null || (answer === null && failure === null)) return null;
  return (
    <Box role="status" data-cy="two-labels" sx={{ display: "flex", alignItems: "center", gap: 1, mb: 0.5, fontSize: 13, lineHeight: 1.4 }}>
      <Box sx={{ flex: 1, minWidth: 0, overflowWrap: "anywhere" }}>{answer !== null ? comparisonText(answer, Date.now()) : `The two selected labels cannot be compared: ${failure?.message}`}</Box>
      <Button size="small" color="secondary" onClick={() => setTwo(null)} data-cy="two-labels-dismiss" sx={{ flex: "none", minWidth: 0, py: 0, textTransform: "none" }}>
        Dismiss
      </Button>
    </Box>
  );
}
