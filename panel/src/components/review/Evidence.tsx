import { Box } from "@mui/material";
import * as React from "react";
import type { Measure } from "../../protocol/messages";
import type { ReviewGroup } from "../../protocol/review";
import { fatesOf } from "../../state/review/verdicts";
import { overlapText } from "../../words/format";
import { likelihoodOf, placeOf } from "../../words/groups";
import { decisionText, keptText, proposalText } from "../../words/review/verdicts";

interface Props {
  readonly group: ReviewGroup;
  readonly picked: string | null;
  readonly measure: Measure;
}

/** The similarity of the labels, the likelihood that they are one object, and the reason why one of them is kept. */
export const Evidence = React.memo(function Evidence({ group, picked, measure }: Props) {
  const words = likelihoodOf(group);
  const [pair] = group.pairs;
  const judged = decisionText(group, Date.now());
  const fates = fatesOf(group, picked);
  const reasons = judged === null && picked === null ? group.members.filter(({ label_id }) => fates.get(label_id) === "removed").map((member) => proposalText(group, member)) : [];
  return (
    <Box sx={{ fontSize: 13, lineHeight: 1.45, textWrap: "pretty", overflowWrap: "anywhere" }} data-cy="evidence">
      {pair !== undefined && (
        <div>
          {measure} <b>{overlapText(pair.iou)}</b>
          {measure === "IoU" && (
            <>
              {" · "}IoS <b>{overlapText(pair.ios)}</b>
            </>
          )}
          {pair.mask_iou !== null && (
            <>
              {" · "}masks <b>{overlapText(pair.mask_iou)}</b>
            </>
          )}
          {" · "}
          <b>{group.likelihood.toFixed(2)}</b> {words}
          {group.size > 2 && (group.kind === "chain" ? ` · a chain of ${group.size}: it may be more than one object` : ` · ${group.size} labels, all overlap each other`)}
          <Box component="span" sx={{ color: "text.secondary" }}>
            {" · "}
            {placeOf(group)}
          </Box>
        </div>
      )}
      <Box sx={{ color: "text.secondary" }} data-cy="parts">
        {pair?.why}
      </Box>
      <Box sx={{ color: "text.secondary", minHeight: "1.45em" }} data-cy="why">
        {judged !== null ? <b data-cy="decided">{judged}</b> : picked !== null ? `Your choice: ${keptText(group, picked)}. D stores it, M merges.` : reasons.slice(0, 2).join("; ") || "Nothing is proposed for this group."}
      </Box>
    </Box>
  );
});
