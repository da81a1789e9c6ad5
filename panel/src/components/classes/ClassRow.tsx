import * as React from "react";
import type { ClassName } from "../../protocol/messages";
import { classLabel } from "../../words/classes";
import { counted, grouped, percent } from "../../words/format";
import { Check } from "../widgets/icons";

interface Props {
  readonly name: ClassName;
  readonly labels: number;
  /** `null` while the server counts. */
  readonly removed: number | null;
  readonly longest: number;
  readonly chosen: boolean;
  readonly onToggle: (name: ClassName) => void;
}

/**
 * One class: how many of its labels would be removed. A click restricts everything to it.
 *
 * Plain elements, styled by the list around them, as every row is rendered again with every move of the threshold.
 */
export const ClassRow = React.memo(function ClassRow({ name, labels, removed, longest, chosen, onToggle }: Props) {
  const label = classLabel(name);
  const numbers = removed === null ? "" : `, ${grouped(removed)} of ${counted(labels, "label")} would be removed`;
  return (
    <button
      type="button"
      role="checkbox"
      aria-checked={chosen}
      aria-label={`${label}${numbers}`}
      title={label}
      onClick={() => onToggle(name)}
      data-cy="class-row"
      data-kept={removed === 0}
    >
      <span className="iou-tick">{chosen && <Check />}</span>
      <span className="iou-name">{label}</span>
      <span className="iou-track">
        <span className="iou-bar" style={{ width: `${(100 * (removed ?? 0)) / Math.max(longest, 1)}%`, minWidth: removed ? 2 : 0 }} />
      </span>
      <span className="iou-number">{removed === null ? "" : grouped(removed)}</span>
      <span className="iou-share">{removed === null ? "" : percent(removed, labels)}</span>
    </button>
  );
});
