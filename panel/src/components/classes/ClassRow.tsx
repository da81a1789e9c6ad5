import * as React from "react";
import { classLabel } from "../../state/classes";
import { counted, grouped, percent } from "../../words/format";
import type { ClassName } from "../../protocol/messages";
import { Check } from "../widgets/icons";

interface Props {
  readonly name: ClassName;
  readonly labels: number;
  /** `null` while the server counts. */
  readonly going: number | null;
  readonly longest: number;
  readonly chosen: boolean;
  readonly onToggle: (name: ClassName) => void;
}

/**
 * One class: how many of its labels would go. A click restricts everything to it.
 *
 * Plain elements, styled by the list around them: every row is drawn anew with every move of the threshold.
 */
export const ClassRow = React.memo(function ClassRow({ name, labels, going, longest, chosen, onToggle }: Props) {
  const label = classLabel(name);
  const told = going === null ? "" : `, ${grouped(going)} of ${counted(labels, "label")} would go`;
  return (
    <button
      type="button"
      role="checkbox"
      aria-checked={chosen}
      aria-label={`${label}${told}`}
      title={label}
      onClick={() => onToggle(name)}
      data-cy="class-row"
      data-stays={going === 0}
    >
      <span className="iou-tick">{chosen && <Check />}</span>
      <span className="iou-name">{label}</span>
      <span className="iou-track">
        <span className="iou-bar" style={{ width: `${(100 * (going ?? 0)) / Math.max(longest, 1)}%`, minWidth: going ? 2 : 0 }} />
      </span>
      <span className="iou-number">{going === null ? "" : grouped(going)}</span>
      <span className="iou-share">{going === null ? "" : percent(going, labels)}</span>
    </button>
  );
});
