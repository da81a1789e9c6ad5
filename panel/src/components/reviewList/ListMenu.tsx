import { Badge, Box, Button, FormControlLabel, IconButton, Popover, Switch } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { ReviewStore } from "../../actions/sitting/store";
import type { Filters } from "../../protocol/review";
import type { Opened } from "../../state/model";
import type { Sitting } from "../../state/review/sitting";
import { filtersSet, NO_FILTERS, orderOf } from "../../state/review/place";
import { Sliders } from "../widgets/icons";
import { Reason } from "../widgets/Reason";
import { ground } from "../widgets/theme";
import { AcceptAbove } from "./AcceptAbove";
import { Advice } from "./Advice";
import { FilterFields } from "./FilterFields";
import { Likelihoods } from "./Likelihoods";

interface Props {
  readonly model: Opened;
  readonly sitting: Sitting;
  readonly store: ReviewStore;
  readonly actions: Actions;
}

/** A menu to filter the groups, accept many at once, and see what the verdicts suggest. */
export function ListMenu({ model, sitting, store, actions }: Props) {
  const [anchor, setAnchor] = React.useState<HTMLElement | null>(null);
  const { filters, order } = model.review;
  const isSample = orderOf(order, model.scan.summary.params.other_field) === "sample";
  const set = isSample ? 0 : filtersSet(filters);
  const close = () => setAnchor(null);
  const change = React.useCallback((part: Partial<Filters>) => actions.changeReview({ filters: { ...filters, ...part }, at: [] }), [actions, filters]);
  return (
    <>
      <IconButton size="small" aria-label={set === 0 ? "Filters and more" : `Filters and more, ${set} set`} aria-haspopup="dialog" aria-expanded={anchor !== null} onClick={(event) => setAnchor(event.currentTarget)} data-cy="review-filters">
        <Badge badgeContent={set === 0 ? null : set} color="primary" sx={{ "& .MuiBadge-badge": { color: "#161616" } }}>
          <Sliders />
        </Badge>
      </IconButton>
      {anchor !== null && (
        <Popover open anchorEl={anchor} onClose={close} anchorOrigin={{ vertical: "bottom", horizontal: "right" }} transformOrigin={{ vertical: "top", horizontal: "right" }} PaperProps={{ sx: ground }}>
          <Box role="dialog" aria-label="Filters" tabIndex={-1} sx={{ width: 360, maxWidth: "92vw", p: 1.5, fontSize: 13, display: "flex", flexDirection: "column", gap: 1.5 }}>
            {isSample ? (
              <Box>A random sample has no filters. Choose another order to filter the groups.</Box>
            ) : (
              <>
                <FilterFields scan={model.scan} filters={filters} onChange={change} />
                <Box sx={{ display: "flex", alignItems: "center", justifyContent: "space-between" }}>
                  <FormControlLabel control={<Switch size="small" checked={filters.undecided} onChange={(_, undecided) => change({ undecided })} data-cy="filter-undecided" />} label="Only undecided" sx={{ ml: 0 }} slotProps={{ typography: { fontSize: 13 } }} />
                  <Reason why={set === 0 ? "No filter is set." : null}>
                    <Button size="small" color="secondary" disabled={set === 0} onClick={() => change(NO_FILTERS)} data-cy="filter-clear" sx={{ textTransform: "none" }}>
                      Clear filters
                    </Button>
                  </Reason>
                </Box>
              </>
            )}
            <AcceptAbove store={store} pending={sitting.pending > 0} actions={actions} onDone={close} />
            <Advice model={model} actions={actions} onDone={close} />
            {model.scan.summary.params.other_field === null && <Likelihoods scanKey={model.scan.summary.scan_key} pending={sitting.pending > 0} actions={actions} onDone={close} />}
          </Box>
        </Popover>
      )}
    </>
  );
}
