import { styled, useTheme } from "@mui/material";
import * as React from "react";
import type { ClassPair } from "../../protocol/messages";
import { classNamesOf, matrixAt, overlapsAt, shade } from "../../state/scan/classPairs";
import { classLabel, classPairLabel } from "../../words/classes";
import { compact } from "../../words/format";
import { ELLIPSIS } from "../widgets/theme";

interface Props {
  readonly classPairs: readonly ClassPair[];
  /** The index of the settled threshold, which chooses the classes that are drawn. */
  readonly order: number;
  readonly index: number;
  readonly width: number;
  readonly onOpen: (classPair: ClassPair) => void;
}

const CELL = 30;
const NAMES = 84;
const MOST = 12;

const Table = styled("table")(({ theme: { palette } }) => ({
  borderCollapse: "separate",
  borderSpacing: 1,
  fontSize: 11,
  lineHeight: 1,
  "& th": { padding: 0, fontWeight: 400, color: palette.text.secondary },
  "& tbody th": { width: NAMES, maxWidth: NAMES, paddingRight: 6, textAlign: "right", ...ELLIPSIS },
  "& thead th": { width: CELL, height: 64, verticalAlign: "bottom" },
  "& thead span": { display: "block", width: CELL, height: 60, writingMode: "vertical-rl", transform: "rotate(180deg)", padding: "0 9px", ...ELLIPSIS },
  "& td": { width: CELL, height: 24, padding: 0, textAlign: "center", borderRadius: 2, background: palette.action.hover },
  "& td[data-some=true]": { cursor: "pointer" },
  "& td[data-some=true]:hover": { outline: `2px solid ${palette.text.primary}` },
}));

/** A matrix for the mouse, hidden from screen readers; the list below has the same content. */
export const ClassPairMatrix = React.memo(function ClassPairMatrix({ classPairs, order, index, width, onOpen }: Props) {
  const size = Math.max(2, Math.min(MOST, Math.floor((width - NAMES) / (CELL + 2))));
  const matrix = React.useMemo(() => matrixAt(classPairs, order, size), [classPairs, order, size]);
  const darkMode = useTheme().palette.mode === "dark";
  const { names } = matrix;
  const most = Math.max(1, ...classPairs.map((classPair) => overlapsAt(classPair, index)));
  return (
    <Table aria-hidden data-cy="class-pair-matrix">
      <thead>
        <tr>
          <th />
          {names.map((name) => (
            <th key={String(name)} title={classLabel(name)}>
              <span>{classLabel(name)}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {names.map((name, row) => (
          <tr key={String(name)}>
            <th title={classLabel(name)}>{classLabel(name)}</th>
            {names.map((other, column) => (
              <Cell key={String(other)} classPair={matrix.cell(row, column)} index={index} most={most} darkMode={darkMode} onOpen={onOpen} />
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
});

interface CellProps {
  readonly classPair: ClassPair | undefined;
  readonly index: number;
  readonly most: number;
  readonly darkMode: boolean;
  readonly onOpen: (classPair: ClassPair) => void;
}

function Cell({ classPair, index, most, darkMode, onOpen }: CellProps) {
  const count = classPair === undefined ? 0 : overlapsAt(classPair, index);
  if (classPair === undefined || count === 0) return <td />;
  const strength = shade(count, most);
  return (
    <td
      data-some
      data-cy="class-pair-cell"
      title={`${classPairLabel(classNamesOf(classPair))}: ${count}`}
      onClick={() => onOpen(classPair)}
      style={{ background: `rgba(255, 109, 4, ${strength})`, color: darkMode && strength < 0.8 ? "#fff" : "#000" }}
    >
      {compact(count)}
    </td>
  );
}
