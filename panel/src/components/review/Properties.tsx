import { Box, Button, styled } from "@mui/material";
import * as React from "react";
import type { ReviewGroup } from "../../protocol/review";
import { propertyRows } from "../../state/review/properties";
import type { Fate } from "../../state/review/verdicts";
import { classLabel } from "../../words/classes";
import { counted } from "../../words/format";
import { letterOf } from "../../words/review/verdicts";
import { Reason } from "../widgets/Reason";
import { KEPT_COLOR } from "../widgets/theme";

interface Props {
  readonly group: ReviewGroup;
  readonly fates: ReadonlyMap<string, Fate>;
  readonly hidden: ReadonlySet<string>;
  readonly onHide: (id: string) => void;
  readonly onPick: (id: string) => void;
  readonly onSplit: (id: string) => void;
}

const Table = styled("table")(({ theme: { palette } }) => ({
  borderCollapse: "collapse",
  width: "100%",
  fontSize: 13,
  lineHeight: 1.4,
  "& th, & td": { padding: "2px 8px 2px 0", textAlign: "left", verticalAlign: "top", fontWeight: 400, overflowWrap: "anywhere" },
  "& thead th": { minWidth: 60 },
  "& tbody th": { width: 1, whiteSpace: "nowrap", color: palette.text.secondary },
  "& tr[data-differs] td": { fontWeight: 600 },
  "& .iou-letter": { width: 22, height: 22, padding: 0, border: "2px solid", borderRadius: 4, font: "inherit", fontWeight: 700, lineHeight: "16px", cursor: "pointer", color: "#161616" },
  "& .iou-letter[data-hidden=true]": { background: "none !important", color: palette.text.primary, textDecoration: "line-through" },
  "& .iou-letter[data-fate=removed]": { borderStyle: "dashed" },
}));

const SMALL = { minWidth: 0, px: "4px", py: 0, fontSize: 12, textTransform: "none", whiteSpace: "nowrap" } as const;

/** The properties of the labels, side by side. Rows in which all are equal are folded. A click on a letter hides its label. */
export const Properties = React.memo(function Properties({ group, fates, hidden, onHide, onPick, onSplit }: Props) {
  const [all, setAll] = React.useState(false);
  const { members, size } = group;
  const rows = React.useMemo(() => propertyRows(members), [members]);
  const isOnly = [...fates.values()].filter((fate) => fate === "kept").length === 1;
  const equal = rows.filter(({ differs }) => !differs).length;
  return (
    <Box sx={{ flex: "0 1 auto", minHeight: size > 2 ? 116 : 92, display: "flex", flexDirection: "column", alignItems: "flex-start" }}>
      <Box tabIndex={0} role="region" aria-label="What differs between the labels" data-cy="properties" sx={{ overflow: "auto", width: "100%", flex: "0 1 auto", minHeight: 0, maxHeight: size > 2 ? 190 : 168 }}>
        <Table>
          <thead>
            <tr>
              <td />
              {members.map((member, k) => {
                const { label_id, label } = member;
                const letter = letterOf(k);
                const fate = fates.get(label_id) ?? "kept";
                const isHidden = hidden.has(label_id);
                return (
                  <th key={label_id} scope="col" style={{ width: `${100 / members.length}%` }}>
                    <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: "6px", "& > div": { flex: "1 0 100%", ml: "-4px", whiteSpace: "nowrap" } }}>
                      <button
                        type="button"
                        className="iou-letter"
                        aria-pressed={!isHidden}
                        aria-label={`${letter}, ${classLabel(label)}: ${isHidden ? "show" : "hide"}`}
                        title={isHidden ? "Show this label" : "Hide this label"}
                        data-hidden={isHidden}
                        data-fate={fate}
                        data-cy="handle"
                        onClick={() => onHide(label_id)}
                        style={{ background: fate === "kept" ? KEPT_COLOR : "#ff6d04", borderColor: fate === "kept" ? KEPT_COLOR : "#ff6d04" }}
                      >
                        {letter}
                      </button>
                      <b>{classLabel(label)}</b>
                      <span data-cy="fate" style={{ display: "inline-block", whiteSpace: "nowrap" }}>{fate}</span>
                      {size > 2 && (
                        <div>
                          <Reason why={fate === "kept" && isOnly ? "Only this label is kept." : null}>
                            <Button size="small" color="secondary" disabled={fate === "kept" && isOnly} title={`Keep only ${letter} (${k + 1})`} onClick={() => onPick(label_id)} data-cy="keep-this" sx={SMALL}>
                              Keep
                            </Button>
                          </Reason>
                          <Button size="small" color="secondary" title={`${letter} marks another object (Shift ${k + 1})`} onClick={() => onSplit(label_id)} data-cy="split" sx={SMALL}>
                            Split
                          </Button>
                        </div>
                      )}
                    </Box>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {rows
              .filter(({ differs }) => all || differs)
              .map(({ name, values, differs }) => (
                <tr key={name} data-differs={differs || undefined} data-cy="property">
                  <th scope="row">{name}</th>
                  {values.map((value, k) => (
                    <td key={members[k]?.label_id}>{value ?? "–"}</td>
                  ))}
                </tr>
              ))}
          </tbody>
        </Table>
      </Box>
      {equal > 0 && (
        <Button size="small" color="secondary" aria-expanded={all} onClick={() => setAll(!all)} data-cy="properties-all" sx={{ ...SMALL, px: 0, flex: "none", color: "text.secondary" }}>
          {all ? "Hide equal rows" : rows.length === equal ? `Show ${counted(equal, "row")}, all equal` : `Show ${counted(equal, "equal row")}`}
        </Button>
      )}
    </Box>
  );
});
