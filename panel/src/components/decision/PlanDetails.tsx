import { Box, Button, Skeleton } from "@mui/material";
import * as React from "react";
import type { PlanDetails as Details } from "../../protocol/messages";
import { ChevronDown } from "../widgets/icons";
import { PlanTables } from "./PlanTables";

interface Props {
  /** Identifies the plan. */
  readonly planKey: string;
  /** The unit that contains the labels: "image", "frame", "scene", ... */
  readonly unit: string;
  readonly load: () => Promise<Details | null>;
}

/** The details of a plan, loaded when opened, as the server has to read the labels that would be removed. */
export const PlanDetails = React.memo(function PlanDetails({ planKey, unit, load }: Props) {
  const [open, setOpen] = React.useState(false);
  const [found, setFound] = React.useState<{ key: string; details: Details } | null>(null);
  const known = found?.key === planKey ? found.details : null;

  React.useEffect(() => {
    if (!open) return;
    let late = false;
    void load().then((details) => {
      if (late) return;
      if (details === null) setOpen(false);
      else setFound({ key: planKey, details });
    });
    return () => {
      late = true;
    };
  }, [open, planKey, load]);

  return (
    <Box data-cy="plan-details">
      <Button
        size="small"
        color="secondary"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        endIcon={<ChevronDown sx={{ transform: open ? "rotate(180deg)" : undefined }} />}
        data-cy="details"
        sx={{ px: 0.5, py: 0, minWidth: 0, textTransform: "none" }}
      >
        Plan details
      </Button>
      {open && known === null && <Skeleton variant="rectangular" height={96} sx={{ my: 1, borderRadius: 1 }} />}
      {open && known !== null && <PlanTables details={known} unit={unit} />}
    </Box>
  );
});
