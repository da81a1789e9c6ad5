import { Box, Button, styled } from "@mui/material";
import * as React from "react";
import type { Group } from "../../protocol/messages";
import { classLabel } from "../../words/classes";
import { grouped } from "../../words/format";
import { hasTwoFields, removalText } from "../../words/groups";
import { KEPT_COLOR } from "../widgets/theme";

interface Props {
  readonly group: Group;
  readonly onStress: (labelId: string | null) => void;
}

const FEW = 4;

const List = styled("ul")(({ theme: { palette } }) => ({
  margin: "4px 0 0",
  padding: 0,
  listStyle: "none",
  "& li": { display: "flex", gap: 8, alignItems: "baseline" },
  "& .iou-key": { flex: "none", width: 10, height: 10, borderRadius: 2, border: `2px solid ${palette.primary.main}` },
  "& .iou-key[data-kept=true]": { borderColor: KEPT_COLOR },
  "& .iou-reason": { color: palette.text.secondary },
}));

/** The members of a group, and why each is kept or removed. A large group shows its first members. */
export function GroupMembers({ group, onStress }: Props) {
  const [all, setAll] = React.useState(false);
  const { members, size } = group;
  const shown = all ? members : members.slice(0, FEW);
  const named = hasTwoFields(group);
  return (
    <>
      <List onMouseLeave={() => onStress(null)}>
        {shown.map((member) => (
          <li key={member.label_id} onMouseEnter={() => onStress(member.label_id)} data-cy="group-member">
            <span className="iou-key" data-kept={member.is_kept} />
            <span style={{ minWidth: 0 }}>
              {classLabel(member.label)}
              {named && ` in ${member.field}`}
              {member.confidence !== null && ` ${member.confidence.toFixed(2)}`} <span className="iou-reason">{removalText(member)}</span>
            </span>
          </li>
        ))}
      </List>
      {members.length > FEW && (
        <Button size="small" color="secondary" onClick={() => setAll(!all)} sx={{ px: 0, py: 0, minWidth: 0, textTransform: "none" }}>
          {all ? "Show fewer" : `Show ${grouped(members.length)}`}
        </Button>
      )}
      {size > members.length && (
        <Box className="iou-muted" data-cy="group-large">
          The first {grouped(members.length)} of {grouped(size)} labels are listed.
        </Box>
      )}
    </>
  );
}
