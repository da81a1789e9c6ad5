import { Box, Button } from "@mui/material";
import * as React from "react";
import type { Sitting } from "../../state/review/sitting";
import { grouped } from "../../words/format";
import { tallyText } from "../../words/review/verdicts";
import { Reason } from "../widgets/Reason";
import { ON_PRIMARY } from "../widgets/theme";

interface Props {
  readonly sitting: Sitting;
  /** Whether only groups of some classes are reviewed. */
  readonly isRestricted: boolean;
  /** Whether the numbers describe the labels as they are now; the button shows no others. */
  readonly hold: boolean;
  /** The reason why labels cannot be deleted; `null` if they can. */
  readonly whyNot: string | null;
  readonly busy: string | null;
  readonly onApply: () => void;
  readonly onBack: () => void;
}

const PRIMARY = { variant: "contained" } as const;
/** If verdicts remove nothing, the dialog offers only all at this cut. */
const PLAIN = { variant: "outlined", color: "secondary" } as const;

/** The verdicts so far, what they would remove, and the way back to the overview. */
export const ReviewFoot = React.memo(function ReviewFoot({ sitting: { tally, pending, byVerdicts }, isRestricted, hold, whyNot, busy, onApply, onBack }: Props) {
  const known = hold && pending === 0 && byVerdicts !== null && byVerdicts > 0;
  const why = whyNot ?? (busy !== null || pending > 0 ? "Wait until the verdicts are stored." : null);
  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1, pt: 0.75, borderTop: 1, borderColor: "divider" }}>
      <Box sx={{ flex: "1 1 100px", minWidth: 0, fontSize: 13 }} data-cy="tally">
        {tally === null ? "" : tallyText(tally, pending > 0 ? null : byVerdicts, isRestricted)}
        {pending > 0 && ` · storing ${grouped(pending)}…`}
      </Box>
      <Reason why={why}>
        <Button size="small" {...(byVerdicts === 0 ? PLAIN : PRIMARY)} disableElevation disabled={why !== null} onClick={onApply} data-cy="review-apply" sx={{ ...(byVerdicts === 0 ? {} : ON_PRIMARY), minWidth: 92, textTransform: "none" }}>
          Apply{known ? ` ${grouped(byVerdicts)}` : ""}…
        </Button>
      </Reason>
      <Button size="small" variant="outlined" color="secondary" onClick={onBack} data-cy="review-back" sx={{ textTransform: "none" }}>
        Back
      </Button>
    </Box>
  );
});
