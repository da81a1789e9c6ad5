import { styled } from "@mui/material";
import * as React from "react";
import { numbersHold } from "../../state/current";
import { outcomeOf } from "../../state/cut/cut";
import type { Opened } from "../../state/model";
import type { Counts } from "../../state/scan/scan";
import { measureOf } from "../../words/decision";
import { foldedText } from "../../words/sentence";
import { PADDING } from "../widgets/Ground";
import { ELLIPSIS, groundColor } from "../widgets/theme";
import { ThresholdControl } from "./ThresholdControl";

interface Props {
  readonly model: Opened;
  readonly counts: Counts | null;
  readonly onThreshold: (threshold: number, settled: boolean) => void;
}

/** It takes no room, so that nothing moves when it appears. The tabs stick below it. */
const Place = styled("div")({ position: "sticky", top: 0, height: 0, zIndex: 2 });
const Bar = styled("div")(({ theme: { palette } }) => ({ height: "var(--folded)", padding: `6px ${PADDING}px 0`, background: groundColor(palette), fontSize: 13 }));
const INSET = { left: 6, right: 6 };

/** The cut in one line with its slider, once the histogram and the sentence are scrolled out of sight. */
export function FoldedCut({ model, counts, onThreshold }: Props) {
  const [folded, setFolded] = React.useState(false);
  const place = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    const scroller = place.current?.parentElement;
    if (!scroller) return;
    const onScroll = () => {
      const sentence = scroller.querySelector("[data-sentence]")?.getBoundingClientRect();
      setFolded(sentence !== undefined && sentence.bottom <= scroller.getBoundingClientRect().top + 8);
    };
    scroller.addEventListener("scroll", onScroll, { passive: true });
    return () => scroller.removeEventListener("scroll", onScroll);
  }, []);
  const { scan, cut, counted } = model;
  return (
    <Place ref={place}>
      {folded && (
        <Bar data-cy="folded-cut">
          <div style={ELLIPSIS}>{foldedText(scan, cut, outcomeOf(scan, cut, counts, counted).numbers, numbersHold(model.freshness))}</div>
          <ThresholdControl measure={measureOf(scan.summary, cut.metric)} threshold={cut.threshold} inset={INSET} onChange={onThreshold} />
        </Bar>
      )}
    </Place>
  );
}
