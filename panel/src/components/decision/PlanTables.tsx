import { styled } from "@mui/material";
import * as React from "react";
import type { PlanDetails } from "../../protocol/messages";
import { classLabel } from "../../words/classes";
import { capitalized, grouped, percent, shownUnit } from "../../words/format";
import { ELLIPSIS } from "../widgets/theme";

const FEW = 8;

const Tables = styled("div")(({ theme: { palette } }) => ({
  display: "grid",
  gap: 12,
  padding: "4px 0 8px",
  fontSize: 13,
  lineHeight: 1.5,
  "& h4": { margin: 0, fontSize: 12, fontWeight: 600 },
  "& table": { width: "100%", borderCollapse: "collapse", tableLayout: "fixed" },
  "& td, & th": { padding: "1px 0", fontWeight: 400, textAlign: "left", ...ELLIPSIS },
  "& .iou-whole": { overflow: "visible", whiteSpace: "normal", overflowWrap: "anywhere" },
  "& th": { fontSize: 12, color: palette.text.secondary },
  "& .iou-n": { width: 72, paddingLeft: 8, textAlign: "right" },
  "& .iou-wide": { width: 128, paddingLeft: 8, textAlign: "right" },
  "& .iou-muted": { fontSize: 12, color: palette.text.secondary },
}));

/** The reasons of a plan, the changes of the classes, and the tags and images that lose labels. */
export function PlanTables({ details, unit }: { details: PlanDetails; unit: string }) {
  const { reasons, balance, tags, top_images, label_changes } = details;
  if (details.labels === 0) return <Tables className="iou-muted">No labels would be removed.</Tables>;
  return (
    <Tables data-cy="plan-tables">
      <section>
        <h4>Why labels are removed</h4>
        <table>
          <tbody>
            {reasons.slice(0, FEW).map((reason) => (
              <ReasonRow key={reason.example.rule} {...reason} />
            ))}
          </tbody>
        </table>
      </section>
      {label_changes.length > 0 && (
        <section data-cy="label-changes">
          <h4>Labels are compared as changed by the view</h4>
          {label_changes.map((change) => (
            <div key={change} className="iou-muted" title={change}>
              {change}
            </div>
          ))}
          <div>Labels whose stored shapes do not overlap enough are skipped.</div>
        </section>
      )}
      <section>
        <h4>Class balance</h4>
        <table data-cy="balance">
          <thead>
            <tr>
              <th>class</th>
              <th className="iou-wide">labels</th>
              <th className="iou-wide">share</th>
            </tr>
          </thead>
          <tbody>
            {balance.slice(0, FEW).map((entry) => (
              <tr key={entry.class === null ? "null" : `:${entry.class}`}>
                <td title={classLabel(entry.class)}>{classLabel(entry.class)}</td>
                <td className="iou-wide">
                  {grouped(entry.before)} → {grouped(entry.after)}
                </td>
                <td className="iou-wide">
                  {precise(entry.share_before)} → {precise(entry.share_after)} %
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {balance.length > FEW && <div className="iou-muted">and {grouped(balance.length - FEW)} more</div>}
      </section>
      <section>
        <h4>By tag</h4>
        <table>
          <tbody>
            {tags.slice(0, FEW).map(({ name, labels }) => (
              <tr key={name}>
                <td title={name}>{name}</td>
                <td className="iou-n">{grouped(labels)}</td>
                <td className="iou-n">{percent(labels, details.labels)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section>
        <h4>{capitalized(shownUnit(unit))}s that lose the most labels</h4>
        <table>
          <tbody>
            {top_images.slice(0, 5).map(({ sample_id, filepath, count }) => (
              <tr key={sample_id} title={filepath}>
                <td>{filepath.split(/[\\/]/).pop() || sample_id}</td>
                <td className="iou-n">{grouped(count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Tables>
  );
}

/** A reason with its number of labels, and an example if that says more. */
function ReasonRow({ kind, labels, example, label }: PlanDetails["reasons"][number]) {
  return (
    <tr>
      <td className="iou-whole">
        {capitalized(kind)} {saysMore(example) && <span className="iou-muted">{`(example: ${classLabel(label)}, ${example.text})`}</span>}
      </td>
      <td className="iou-n">{grouped(labels)}</td>
    </tr>
  );
}

/** Whether the text of a reason contains values of its labels or the name of a person. */
function saysMore({ rule, text }: PlanDetails["reasons"][number]["example"]): boolean {
  return !SAME_FOR_ALL.has(rule) && !rule.startsWith("tagged:") && !text.includes("by a person");
}

const SAME_FOR_ALL = new Set(["list_order", "fiftyone_order", "fewer", "other_field", "not_selected", "removed_too", "not_stored", "first", "last", "newest"]);

/** A share in percent with two decimals. */
function precise(share: number): string {
  return share === 1 ? "100" : (100 * share).toFixed(2);
}
