import { Box, Button, styled } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { AnswerOf } from "../../protocol/messages";
import type { ClassPairNames } from "../../state/scan/tabs";
import { classPairLabel } from "../../words/classes";
import { counted } from "../../words/format";
import { pageText } from "../../words/groups";
import { Close } from "../widgets/icons";
import { Pager } from "../widgets/Pager";
import { groundColor } from "../widgets/theme";
import { VerdictMenu } from "./VerdictMenu";

interface Props {
  readonly found: AnswerOf<"list_groups"> | null;
  readonly page: number;
  readonly atOnce: number;
  readonly classPair: ClassPairNames | null;
  readonly busy: boolean;
  readonly onPage: (page: number) => void;
  readonly onChanged: () => void;
  readonly actions: Actions;
}

/** The page of groups, their restriction to a class pair, and the verdicts. */
export function GroupsTop({ found, page, atOnce, classPair, busy, onPage, onChanged, actions }: Props) {
  const total = found?.total ?? 0;
  const shown = found?.groups.length ?? 0;
  const chains = found !== null && found.chains > 0 ? ` · ${counted(found.chains, "chain")}` : "";
  return (
    <Top>
      <Box sx={{ color: "text.secondary" }} role="status" data-cy="groups-page">
        {found === null ? "" : pageText(page, shown, atOnce, total) + chains}
      </Box>
      {classPair !== null && (
        <Button
          size="small"
          color="secondary"
          variant="outlined"
          endIcon={<Close />}
          onClick={() => actions.changeTabs({ classPair: null, page: 0 })}
          data-cy="groups-pair"
          aria-label={`Only ${classPairLabel(classPair)}: show all groups`}
          sx={{ py: 0, textTransform: "none" }}
        >
          {classPairLabel(classPair)}
        </Button>
      )}
      <Box sx={{ ml: "auto", display: "flex", alignItems: "center" }}>
        {total > 0 && (
          <Button size="small" variant="outlined" color="secondary" onClick={() => actions.changeReview({ open: true, at: [] })} data-cy="review-groups" sx={{ mr: 0.5, py: 0, textTransform: "none" }}>
            Review {counted(total, "group")}
          </Button>
        )}
        {found !== null && found.verdicts > 0 && <VerdictMenu total={found.verdicts} busy={busy} onChanged={onChanged} actions={actions} />}
        <Pager what="groups" page={page} atOnce={atOnce} total={total} onPage={onPage} />
      </Box>
    </Top>
  );
}

/** Remains below the tabs while the groups are scrolled. */
const Top = styled("div")(({ theme: { palette } }) => ({
  position: "sticky",
  top: "calc(var(--folded, 0px) + 34px)",
  zIndex: 1,
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  gap: "4px 8px",
  minHeight: 36,
  fontSize: 13,
  background: groundColor(palette),
}));
