import { Box, Button, Skeleton } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { AnswerOf, ClassPair, Metric } from "../../protocol/messages";
import { classNamesOf, classPairKey, classPairsAt, indexAt } from "../../state/scan/classPairs";
import type { Restriction, Scan } from "../../state/scan/scan";
import { formatThreshold } from "../../state/decision/thresholds";
import { measureOf } from "../../words/decision";
import { grouped } from "../../words/format";
import { ClassPairMatrix } from "./ClassPairMatrix";
import { ClassPairRow } from "./ClassPairRow";

interface Props {
  readonly scan: Scan;
  readonly metric: Metric;
  /** Whether only pairs of the same class count. */
  readonly classwise: boolean;
  readonly threshold: number;
  /** The settled threshold, by which the rows are sorted. */
  readonly settled: number;
  readonly restriction: Restriction;
  readonly width: number;
  readonly busy: boolean;
  readonly actions: Actions;
}

const ROWS = 8;

/** Overlaps for each class pair, as a matrix and as a list with actions. The numbers follow the slider. */
export function ClassPairsTab({ scan, metric, classwise, threshold, settled, restriction, width, busy, actions }: Props) {
  const [found, setFound] = React.useState<AnswerOf<"list_class_pairs"> | null>(null);
  const [version, setVersion] = React.useState(0);
  const [opened, setOpened] = React.useState<string | null>(null);
  const [all, setAll] = React.useState(false);
  const scanKey = scan.summary.scan_key;

  React.useEffect(() => {
    let late = false;
    void actions.listClassPairs().then((answer) => {
      if (!late && answer !== null) setFound(answer);
    });
    return () => {
      late = true;
    };
  }, [scanKey, metric, classwise, version, actions]);

  const index = indexAt(scan.grid, threshold);
  const order = indexAt(scan.grid, settled);
  const sorted = React.useMemo(() => classPairsAt(found?.class_pairs ?? [], order, restriction), [found, order, restriction]);
  const openGroups = React.useCallback((classPair: ClassPair) => actions.changeTabs({ tab: "groups", page: 0, classPair: classNamesOf(classPair) }), [actions]);
  const setRule = React.useCallback(
    (classPair: ClassPair, mayOverlap: boolean, own: number | null) => {
      const again = () => setVersion((old) => old + 1);
      void actions.setClassPair(classPair, mayOverlap, own, again).then((done) => done && again());
    },
    [actions],
  );

  if (found === null) return <Skeleton variant="rectangular" height={220} sx={{ mt: 1, borderRadius: 1 }} />;
  const shown = sorted.slice(0, all ? sorted.length : ROWS);
  const at = formatThreshold(Math.round(1000 * (scan.summary.thresholds[index] ?? 0)));
  return (
    <Box data-cy="pairs">
      <Box sx={{ minHeight: 32, display: "flex", alignItems: "center", fontSize: 12, color: "text.secondary" }}>
        Overlaps above {measureOf(scan.summary, metric)} {at}, by the classes of both labels
      </Box>
      {sorted.length === 0 && <Box sx={{ py: 1, fontSize: 13, color: "text.secondary" }}>No labels overlap this much.</Box>}
      {sorted.length > 0 && <ClassPairMatrix classPairs={sorted} order={order} index={index} width={width} onOpen={openGroups} />}
      <Box component="ul" sx={{ m: 0, mt: 1, p: 0, listStyle: "none" }}>
        {shown.map((classPair) => (
          <ClassPairRow
            key={classPairKey(classPair)}
            classPair={classPair}
            index={index}
            open={opened === classPairKey(classPair)}
            busy={busy}
            onToggle={(key) => setOpened(opened === key ? null : key)}
            onOpen={openGroups}
            onRule={setRule}
          />
        ))}
      </Box>
      {sorted.length > ROWS && (
        <Button size="small" color="secondary" onClick={() => setAll(!all)} data-cy="show-all-class-pairs" sx={{ mt: 0.5 }}>
          {all ? "Show fewer" : `Show all ${grouped(sorted.length)}`}
        </Button>
      )}
      {found.total > found.class_pairs.length && (
        <Box sx={{ fontSize: 12, color: "text.secondary" }}>The most frequent of {grouped(found.total)} class pairs.</Box>
      )}
    </Box>
  );
}
