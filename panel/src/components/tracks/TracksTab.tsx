import { Box, Skeleton } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { AnswerOf, Metric, Summary, TrackPair } from "../../protocol/messages";
import type { Restriction } from "../../state/scan/scan";
import { TRACKS_AT_ONCE } from "../../state/scan/tabs";
import { measureOf } from "../../words/decision";
import { noTracksText } from "../../words/tracks";
import { TrackRow } from "./TrackRow";
import { TracksTop } from "./TracksTop";

interface Props {
  readonly summary: Summary;
  /** The settled threshold. */
  readonly threshold: number;
  readonly metric: Metric;
  /** Whether only pairs of the same class count. */
  readonly classwise: boolean;
  readonly restriction: Restriction;
  readonly minFrames: number;
  readonly actions: Actions;
}

/** Pairs of tracks that overlap above the threshold, a page at a time, the longest first. The decision does not affect them. */
export function TracksTab({ summary, threshold, metric, classwise, restriction, minFrames, actions }: Props) {
  const key = JSON.stringify([summary.scan_key, threshold, metric, classwise, restriction, minFrames]);
  const [found, setFound] = React.useState<AnswerOf<"list_tracks"> | null>(null);
  const [loading, setLoading] = React.useState(true);
  const [position, setPosition] = React.useState({ key, page: 0 });
  // a new query starts at its first page
  const page = position.key === key ? position.page : 0;

  React.useEffect(() => {
    let late = false;
    setLoading(true);
    void actions.listTracks(page).then((answer) => {
      if (late) return;
      setLoading(false);
      if (answer !== null) setFound(answer);
    });
    return () => {
      late = true;
    };
  }, [key, page, actions]);

  const onOpen = React.useCallback((pair: TrackPair) => void actions.showTracks(pair), [actions]);
  const onFrames = React.useCallback((next: number) => actions.changeTabs({ minFrames: next }), [actions]);
  const turnTo = (next: number) => setPosition({ key, page: next });

  const shown = found?.tracks ?? [];
  function onKeyDown(event: React.KeyboardEvent<HTMLElement>) {
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("button")];
    const active = rows.findIndex((row) => row === event.target);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    rows[active + step]?.focus();
    event.preventDefault();
  }

  return (
    <Box data-cy="tracks" aria-busy={loading}>
      <TracksTop found={found} page={page} atOnce={TRACKS_AT_ONCE} minFrames={minFrames} onPage={turnTo} onFrames={onFrames} />
      {found === null && loading && [0, 1, 2].map((k) => <Skeleton key={k} variant="rectangular" height={58} sx={{ my: 1, borderRadius: 1 }} />)}
      {found !== null && found.total === 0 && !loading && (
        <Box sx={{ py: 2, fontSize: 13, color: "text.secondary", textWrap: "pretty" }} data-cy="no-tracks">
          {noTracksText({ threshold, measure: measureOf(summary, metric), minFrames, restriction }, found.unidentified)}
        </Box>
      )}
      <Box component="ul" onKeyDown={onKeyDown} sx={{ m: 0, p: 0, listStyle: "none", opacity: loading ? 0.5 : 1 }}>
        {shown.map((pair) => (
          <TrackRow key={JSON.stringify([pair.sample_id, pair.tracks])} pair={pair} measure={summary.measure} disabled={loading} onOpen={onOpen} />
        ))}
      </Box>
    </Box>
  );
}
