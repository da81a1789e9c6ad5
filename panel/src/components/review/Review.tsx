import { Box, styled } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import { useSitting } from "../../actions/sitting/useSitting";
import { numbersHold } from "../../state/current";
import type { ReviewGroup } from "../../protocol/review";
import type { Opened } from "../../state/model";
import { currentEntry, currentGroup, lastStep } from "../../state/review/order";
import { fatesOf } from "../../state/review/verdicts";
import { type Command, spokenText } from "../../words/review/verdicts";
import { NameForm } from "../reviewList/NameForm";
import { PADDING } from "../widgets/Ground";
import { groundColor, HIDDEN } from "../widgets/theme";
import { Evidence } from "./Evidence";
import { Properties } from "./Properties";
import { Help } from "./Help";
import { commandOf, digitOf, isForReview, useKeptFocus } from "./keys";
import { DrawingBar } from "./DrawingBar";
import { Nothing, Notice } from "./Notice";
import { ReviewFoot } from "./ReviewFoot";
import { ReviewTop } from "./ReviewTop";
import { Stage } from "./Stage";
import { useZoom, zoomByKey } from "./useZoom";
import { VerdictBar } from "./VerdictBar";

interface Props {
  readonly model: Opened;
  /** Identifies the plan whose groups are reviewed. */
  readonly planKey: string;
  /** The cut in one line. */
  readonly cut: string;
  readonly width: number;
  /** The reason why labels cannot be deleted; `null` if they can. */
  readonly whyNotApply: string | null;
  readonly onApply: () => void;
  readonly actions: Actions;
  /** Notices, and the result of the last action. */
  readonly children: React.ReactNode;
}

const Room = styled("section")({ flex: "1 1 auto", minHeight: 560, display: "flex", flexDirection: "column", gap: 8, padding: `10px ${PADDING}px 0`, "&:focus": { outline: "none" } });

/** In sight while the rest scrolls. */
const Foot = styled("div")(({ theme: { palette } }) => ({ position: "sticky", bottom: 0, zIndex: 2, display: "flex", flexDirection: "column", gap: 8, paddingBottom: 10, background: groundColor(palette) }));

/** One group at a time fills the panel; keys decide on it. */
export function Review({ model, planKey, cut, width, whyNotApply, onApply, actions, children }: Props) {
  const { review, scan } = model;
  const { sitting, store } = useSitting(planKey, review, actions);
  const { entries, index, total, picked, hidden, notice } = sitting;
  const room = React.useRef<HTMLElement>(null);
  const [asksName, setAsksName] = React.useState(() => actions.reviewer() === null);
  const [help, setHelp] = React.useState(false);
  const entry = currentEntry(sitting);
  const group = currentGroup(sitting);
  const fates = React.useMemo(() => (group === null ? new Map() : fatesOf(group, picked)), [group, picked]);
  const zoom = useZoom(entry?.key ?? "");
  const focus = React.useCallback(() => room.current?.focus({ preventScroll: true }), []);
  React.useEffect(focus, [focus]);
  const onFocus = useKeptFocus(room, focus);
  const isListed = entries !== null;
  React.useEffect(() => {
    // while the page loads, the App takes the focus away
    const page = room.current?.ownerDocument;
    if (isListed && page?.activeElement === page?.body) focus();
  }, [isListed, focus]);

  React.useEffect(() => {
    // what was refused may have been changed by another person
    if (model.failure !== null) void store.follow();
  }, [model.failure, store]);

  const isOld = !numbersHold(model.freshness); // labels may be gone
  React.useEffect(() => void (isOld && store.readAgain()), [isOld, store]);
  const apply = React.useCallback(() => (void store.readAgain(), onApply()), [store, onApply]);

  const { drawing } = review;
  const back = React.useCallback(() => actions.changeReview({ open: false }), [actions]);
  /** Whether the next Escape is for the sample that was opened; also just after it closed, as for a second press. */
  const away = React.useRef(false);
  const openSample = ({ sample_id, members }: ReviewGroup): void => {
    away.current = true;
    void actions.showGroup(sample_id, members.map((member) => member.label_id), () => (setTimeout(() => (away.current = false), 1000), focus()));
  };
  const run = (id: Command["id"]): void => {
    if (id === "duplicate" || id === "merge" || id === "real" || id === "remove_both") store.judge(id);
    else if (id === "swap") store.swap();
    else if (id === "skip") store.skip();
    else if (id === "undo") store.undo();
    else if (id === "next") store.next();
    else if (id === "previous") store.previous();
    else if (id === "undecided") store.undecided();
    else if (id === "help") setHelp(true);
    else if (id === "back") back();
    else if (id === "open" && group !== null) openSample(group);
    else if (id === "explode") actions.changeReview({ drawing: { ...drawing, exploded: !drawing.exploded } });
    else if (id === "fill") actions.changeReview({ drawing: { ...drawing, filled: !drawing.filled } });
    else if (id === "beside") actions.changeReview({ drawing: { ...drawing, beside: !drawing.beside } });
  };
  const latest = React.useRef(run);
  latest.current = run;
  const onCommand = React.useCallback((id: Command["id"]) => latest.current(id), []);

  function onKeyDown(event: React.KeyboardEvent<HTMLElement>): void {
    if (!isForReview(event)) return;
    const toSample = away.current && event.key === "Escape";
    away.current = false;
    if (toSample) return;
    const digit = digitOf(event);
    const member = digit === null ? undefined : group?.members[digit];
    const command = commandOf(event);
    if (member !== undefined) (event.shiftKey ? store.split : store.pick)(member.label_id);
    else if (command !== null) onCommand(command);
    else if (!zoomByKey(zoom, event.key, event.shiftKey)) return;
    event.preventDefault();
    // the App has its own keys
    event.stopPropagation();
  }

  const where = group === null || entries === null ? "" : spokenText(group, index, total);
  return (
    <Room ref={room} tabIndex={-1} aria-label="Review" onKeyDown={onKeyDown} {...onFocus} data-cy="review">
      <ReviewTop model={model} sitting={sitting} store={store} cut={cut} actions={actions} />
      {asksName && <NameForm canSkip actions={actions} onDone={() => (setAsksName(false), focus())} />}
      {notice !== null && <Notice notice={notice} onShow={() => store.go(entries?.findIndex(({ key }) => key === notice.key) ?? null)} onDismiss={store.dismiss} />}
      {entries !== null && entries.length === 0 ? (
        <Nothing filters={review.filters} onClear={(filters) => actions.changeReview({ filters })} />
      ) : (
        <>
          <Box sx={{ flex: "1 1 auto", minHeight: 140, position: "relative", display: "flex", borderRadius: 1, overflow: "hidden" }}>
            <Stage group={group} fates={fates} picture={entry === null ? undefined : sitting.pictures.get(entry.key)} hidden={hidden} drawing={drawing} zoom={zoom} />
            <DrawingBar drawing={drawing} zoom={zoom} index={index} total={entries?.length ?? 0} wide={width >= 460} onCommand={onCommand} />
          </Box>
          {group === null && entry !== null && sitting.groups.has(entry.key) && <Box sx={{ fontSize: 13 }} data-cy="group-gone">These labels no longer exist, or no longer overlap this much.</Box>}
          {group !== null && <Properties key={entry?.key} group={group} fates={fates} hidden={hidden} onHide={store.hide} onPick={store.pick} onSplit={store.split} />}
          {group !== null && <Evidence group={group} picked={picked} measure={scan.summary.measure} />}
        </>
      )}
      <Foot>
        {entries?.length !== 0 && <VerdictBar group={group} picked={picked} canUndo={lastStep(sitting) !== null} width={width} onCommand={onCommand} />}
        {children}
        <ReviewFoot sitting={sitting} isRestricted={model.cut.restriction !== null} hold={!isOld} whyNot={whyNotApply} busy={model.busy} onApply={apply} onBack={back} />
      </Foot>
      <div role="status" style={HIDDEN} data-cy="review-announced">
        {sitting.announced} {where}
      </div>
      {help && <Help onClose={() => (setHelp(false), focus())} />}
    </Room>
  );
}
