import { styled } from "@mui/material";
import * as React from "react";
import type { ReviewGroup } from "../../protocol/review";
import { verdictOf } from "../../state/review/verdicts";
import { type Command, duplicateLabel, MOVES, NOTHING_TEXT, VERDICTS, whyNot } from "../../words/review/verdicts";
import { KeyButton } from "../widgets/KeyButton";

interface Props {
  /** `null` while it is read. */
  readonly group: ReviewGroup | null;
  /** The label that is kept by choice, before a verdict. */
  readonly picked: string | null;
  readonly canUndo: boolean;
  readonly width: number;
  readonly onCommand: (id: Command["id"]) => void;
}

const Rows = styled("div")({
  display: "grid",
  gap: 4,
  "& > *": { minWidth: 0 },
  "& .iou-moves": { display: "flex", flexWrap: "wrap", gap: "0 2px", marginLeft: -4 },
});

/** The number of the six verdicts that fit in one row of a width. */
const fitting = (width: number) => (width >= 620 ? 6 : width >= 340 ? 3 : 2);

/** The verdicts and moves, each with its key. */
export const VerdictBar = React.memo(function VerdictBar({ group, picked, canUndo, width, onCommand }: Props) {
  const judged = group === null ? null : verdictOf(group);
  const verdict = judged === null || typeof judged === "string" ? null : judged.verdict;
  const label = ({ id, label }: Command): string => {
    if (group === null || group.size === 2) return label;
    return id === "duplicate" ? duplicateLabel(group, picked) : id === "real" ? "All real" : id === "remove_both" ? "Remove all" : label;
  };
  const why = ({ id }: Command) => (group !== null ? whyNot(id, group) : id === "skip" ? null : "The labels are being read.");
  return (
    <Rows role="toolbar" aria-label="Verdict" data-cy="verdict-bar">
      <Rows style={{ gridTemplateColumns: `repeat(${fitting(width)}, minmax(max-content, 1fr))` }}>
        {VERDICTS.map((command) => (
          <KeyButton
            key={command.id}
            letter={command.key}
            label={label(command)}
            note={command.note}
            cy={`verdict-${command.id}`}
            {...(command.id === "swap" || command.id === "skip" ? {} : { pressed: verdict === command.id })}
            why={why(command)}
            onClick={() => onCommand(command.id)}
          />
        ))}
      </Rows>
      <div className="iou-moves">
        {MOVES.map((command) => (
          <KeyButton
            key={command.id}
            quiet
            letter={command.key}
            label={command.label}
            note={command.note}
            cy={`move-${command.id}`}
            why={command.id === "undo" && !canUndo ? NOTHING_TEXT : null}
            onClick={() => onCommand(command.id)}
          />
        ))}
      </div>
    </Rows>
  );
});
