import { Box, Skeleton } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { AnswerOf, Group, Measure } from "../../protocol/messages";
import type { Tabs } from "../../state/scan/tabs";
import { classesLabel } from "../../words/classes";
import { judgedIds } from "../../words/groups";
import { BUSY } from "../widgets/Reason";
import { GroupCard } from "./GroupCard";
import { GroupsTop } from "./GroupsTop";

interface Props {
  /** Identifies the plan whose groups are listed. */
  readonly planKey: string;
  readonly measure: Measure;
  readonly tabs: Tabs;
  readonly atOnce: number;
  readonly busy: boolean;
  readonly actions: Actions;
}

/** The groups at the cut, a page at a time; those most likely to be one object come first. */
export function GroupsTab({ planKey, measure, tabs, atOnce, busy, actions }: Props) {
  const [found, setFound] = React.useState<AnswerOf<"list_groups"> | null>(null);
  const [loading, setLoading] = React.useState(true);
  const [version, setVersion] = React.useState(0);
  const [active, setActive] = React.useState(0);
  const list = React.useRef<HTMLUListElement>(null);
  const { page, classPair } = tabs;

  React.useEffect(() => {
    let late = false;
    setLoading(true);
    void actions.listGroups().then((answer) => {
      if (late) return;
      setLoading(false);
      setActive(0);
      if (answer === null) return;
      setFound(answer);
      // a verdict may have removed the last group of the last page
      if (answer.groups.length === 0 && answer.total > 0) actions.changeTabs({ page: Math.ceil(answer.total / atOnce) - 1 });
    });
    return () => {
      late = true;
    };
  }, [planKey, page, classPair, version, atOnce, actions]);

  const again = React.useCallback(() => setVersion((old) => old + 1), []);
  const onOpen = React.useCallback((group: Group) => actions.showGroup(group.sample_id, group.members.map((member) => member.label_id)), [actions]);
  const onReview = React.useCallback((group: Group) => actions.changeReview({ open: true, at: group.members.map((member) => member.label_id), documentId: group.document_id }), [actions]);
  const onReal = React.useCallback(
    (group: Group) => {
      const ids = judgedIds(group);
      if (ids !== null) void actions.judgeReal(ids, again).then((done) => done && again());
    },
    [actions, again],
  );

  function onKeyDown(event: React.KeyboardEvent) {
    const groups = found?.groups ?? [];
    const card = (event.target as HTMLElement).closest("[data-group]");
    if (card === null || card !== event.target) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const turn = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    const group = groups[active];
    if (step !== undefined) {
      const next = Math.min(Math.max(active + step, 0), groups.length - 1);
      setActive(next);
      list.current?.querySelectorAll<HTMLElement>("[data-group]")[next]?.focus();
    } else if (turn !== undefined) turnTo(page + turn);
    else if (event.key === "Enter" && group !== undefined) void onOpen(group);
    else if (event.key.toLowerCase() === "r" && !event.ctrlKey && !event.metaKey && !event.altKey && group !== undefined) onReview(group);
    else return;
    event.preventDefault();
  }
  function turnTo(next: number) {
    if (next >= 0 && next * atOnce < (found?.total ?? 0)) actions.changeTabs({ page: next });
  }

  const groups = found?.groups ?? [];
  return (
    <Box data-cy="groups" aria-busy={loading}>
      <GroupsTop found={found} page={page} atOnce={atOnce} classPair={classPair} busy={busy} onPage={turnTo} onChanged={again} actions={actions} />
      {found === null && loading && [0, 1, 2].map((k) => <Skeleton key={k} variant="rectangular" height={132} sx={{ my: 1.25, borderRadius: 1 }} />)}
      {found !== null && groups.length === 0 && !loading && (
        <Box sx={{ py: 2, fontSize: 13, color: "text.secondary" }} data-cy="no-groups">
          {classPair === null ? "No labels overlap this much." : `No labels of ${classesLabel(classPair)} overlap this much.`}
        </Box>
      )}
      <Box
        component="ul"
        ref={list}
        onKeyDown={onKeyDown}
        onFocus={(event: React.FocusEvent<HTMLElement>) => {
          const cards = [...(list.current?.querySelectorAll("[data-group]") ?? [])];
          const at = cards.findIndex((card) => card.contains(event.target));
          if (at >= 0) setActive(at);
        }}
        sx={{ m: 0, p: 0, listStyle: "none", opacity: loading ? 0.5 : 1 }}
      >
        {groups.map((group, k) => (
          <GroupCard
            key={group.members[0]?.label_id ?? k}
            group={group}
            measure={measure}
            active={k === active}
            why={busy ? BUSY : loading ? "The groups are being read." : null}
            draw={actions.drawCrop}
            onOpen={onOpen}
            onReal={onReal}
            onReview={onReview}
          />
        ))}
      </Box>
    </Box>
  );
}
