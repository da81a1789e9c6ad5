import { Box, LinearProgress } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { ReviewStore } from "../../actions/sitting/store";
import type { Order } from "../../protocol/review";
import type { Opened } from "../../state/model";
import type { Sitting } from "../../state/review/sitting";
import { orderOf, ORDERS } from "../../state/review/place";
import { counted, grouped } from "../../words/format";
import { SAMPLE_TEXT } from "../../words/review/advice";
import { ORDER_LABELS } from "../../words/review/verdicts";
import { Choice } from "../widgets/Choice";
import { ListMenu } from "../reviewList/ListMenu";
import { People } from "../reviewList/People";

interface Props {
  readonly model: Opened;
  readonly sitting: Sitting;
  readonly store: ReviewStore;
  /** The cut in one line. */
  readonly cut: string;
  readonly actions: Actions;
}

const OPTIONS = ORDERS.map((value) => ({ value, label: ORDER_LABELS[value] }));
const WITHOUT_SAMPLE = OPTIONS.filter(({ value }) => value !== "sample");

/** The progress of the review, the cut, and the order of the groups. */
export function ReviewTop({ model, sitting, store, cut, actions }: Props) {
  const other = model.scan.summary.params.other_field;
  const order = orderOf(model.review.order, other);
  const { reviewed, total, entries, people } = sitting;
  const onOrder = React.useCallback((next: Order) => actions.changeReview({ order: next, at: [] }), [actions]);
  const share = total === 0 ? 0 : (100 * Math.min(reviewed, total)) / total;
  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: "10px", fontSize: 13 }}>
      <Box sx={{ flex: "1 1 150px", minWidth: 0 }}>
        <Box sx={{ display: "flex", alignItems: "center", gap: 0.5 }}>
          <b data-cy="review-progress">{entries === null ? "Listing the groups…" : `${grouped(reviewed)} of ${counted(total, "group")} reviewed`}</b>
          <People people={people} actions={actions} onOpen={store.follow} />
        </Box>
        <LinearProgress variant="determinate" value={share} aria-label="Reviewed groups" sx={{ my: "3px", height: 4, borderRadius: 1, bgcolor: "divider" }} />
        <Box sx={{ color: "text.secondary", fontSize: 12 }} data-cy="review-cut">
          {order === "sample" ? SAMPLE_TEXT : cut}
        </Box>
      </Box>
      <Box sx={{ display: "flex", alignItems: "center", gap: 0.5, flex: "0 1 auto" }}>
        <Box sx={{ width: 150 }}>
          <Choice label="Order" value={order} options={other === null ? OPTIONS : WITHOUT_SAMPLE} onChange={onOrder} cy="review-order" />
        </Box>
        <ListMenu model={model} sitting={sitting} store={store} actions={actions} />
      </Box>
    </Box>
  );
}
