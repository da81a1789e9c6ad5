import { Box, Button, ButtonBase, styled } from "@mui/material";
import * as React from "react";
import type { Group, Measure, Picture } from "../../protocol/messages";
import { grouped } from "../../words/format";
import { evidenceText, groupTitle, judgedIds, kindTitle, likelihoodOf, placeOf } from "../../words/groups";
import { Reason } from "../widgets/Reason";
import { ELLIPSIS } from "../widgets/theme";
import { GroupCrop } from "./GroupCrop";
import { GroupMembers } from "./GroupMembers";

interface Props {
  readonly group: Group;
  readonly measure: Measure;
  readonly active: boolean;
  /** The reason why its buttons are disabled; `null` if they are not. */
  readonly why: string | null;
  readonly draw: (group: Group) => Promise<Picture | null>;
  readonly onOpen: (group: Group) => void;
  readonly onReal: (group: Group) => void;
  readonly onReview: (group: Group) => void;
}

const Card = styled("li")(({ theme: { palette } }) => ({
  display: "grid",
  gridTemplateColumns: "132px minmax(0, 1fr)",
  gap: 12,
  padding: "10px 8px",
  borderRadius: 4,
  fontSize: 13,
  lineHeight: 1.5,
  "& + &": { borderTop: `1px solid ${palette.divider}` },
  "&:hover": { background: palette.action.hover },
  "& .iou-badge": { flex: "none", padding: "0 6px", border: `1px solid ${palette.divider}`, borderRadius: 9, fontSize: 11, lineHeight: "17px", color: palette.text.secondary },
  "& .iou-muted": { fontSize: 12, color: palette.text.secondary },
}));

/** One group: its place, its members, which of them are kept and why, and how likely it is one object. */
export const GroupCard = React.memo(function GroupCard({ group, measure, active, why, draw, onOpen, onReal, onReview }: Props) {
  const [stressed, setStressed] = React.useState<string | null>(null);
  const words = likelihoodOf(group);
  const evidence = evidenceText(group, measure);
  const title = groupTitle(group);
  const judged = judgedIds(group);
  return (
    <Card data-cy="group" data-group tabIndex={active ? 0 : -1} aria-label={`${title}, ${words}`}>
      <ButtonBase onClick={() => onReview(group)} aria-label={`Review ${title}`} title="Review this group (R)" data-cy="group-review" sx={{ alignSelf: "start", borderRadius: 1 }}>
        <GroupCrop group={group} stressed={stressed} draw={draw} />
      </ButtonBase>
      <div style={{ minWidth: 0 }}>
        <Box sx={{ display: "flex", alignItems: "center", gap: 1 }}>
          <Box sx={{ fontWeight: 600, overflowWrap: "anywhere" }}>{title}</Box>
          <span className="iou-badge" title={kindTitle(group)} data-cy="group-kind">
            {group.kind === "chain" ? `chain of ${grouped(group.size)}` : group.size > 2 ? `clique of ${grouped(group.size)}` : "pair"}
          </span>
        </Box>
        <div data-cy="group-likelihood">
          <b>{group.likelihood.toFixed(2)}</b> {words}
        </div>
        <div className="iou-muted" style={{ textWrap: "pretty" }}>
          {evidence}
        </div>
        <GroupMembers group={group} onStress={setStressed} />
        <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: "4px 8px", mt: 0.75 }}>
          <Reason why={why}>
            <Button size="small" variant="outlined" color="secondary" disabled={why !== null} onClick={() => onOpen(group)} data-cy="group-open" sx={PLAIN}>
              Open in App
            </Button>
          </Reason>
          {judged !== null && (
            <Reason why={why}>
              <Button size="small" variant="outlined" color="secondary" disabled={why !== null} onClick={() => onReal(group)} data-cy="group-real" sx={PLAIN}>
                {group.size === 2 ? "Both are real" : "All are real"}
              </Button>
            </Reason>
          )}
          <Box className="iou-muted" sx={{ ...ELLIPSIS, minWidth: 0 }} title={group.filepath}>
            {placeOf(group)}
          </Box>
        </Box>
      </div>
    </Card>
  );
});

const PLAIN = { py: "1px", textTransform: "none", "&.Mui-disabled": { color: "text.primary", opacity: 0.45 } } as const;
