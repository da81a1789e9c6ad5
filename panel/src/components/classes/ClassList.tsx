import { Box, Button } from "@mui/material";
import * as React from "react";
import type { ClassName } from "../../protocol/messages";
import { FIRST_SORT, nextSort, type Sort, sortedClasses, type SortKey, windowOf } from "../../state/scan/classes";
import type { Restriction, Scan } from "../../state/scan/scan";
import { matching } from "../../words/classes";
import { grouped } from "../../words/format";
import { ClassHeader } from "./ClassHeader";
import { ClassListTop } from "./ClassListTop";
import { ClassRow } from "./ClassRow";
import { ClassRows, ROW_HEIGHT } from "./ClassRows";

interface Props {
  readonly scan: Scan;
  /** Labels that would be removed, by class; `null` while the server counts. */
  readonly byClass: ReadonlyMap<ClassName, number> | null;
  /** The same at the settled threshold, by which the rows are sorted. */
  readonly settled: ReadonlyMap<ClassName, number> | null;
  readonly restriction: Restriction;
  /** Rows before "Show all". */
  readonly rows: number;
  readonly onToggle: (name: ClassName) => void;
  readonly onClear: () => void;
}

const NO_COUNTS: ReadonlyMap<ClassName, number> = new Map();
const SEARCH_FROM = 12;

export function ClassList({ scan, byClass, settled, restriction, rows, onToggle, onClear }: Props) {
  const [sort, setSort] = React.useState<Sort>(FIRST_SORT);
  const [typed, setTyped] = React.useState("");
  const [all, setAll] = React.useState(false);
  const [scrollTop, setScrollTop] = React.useState(0);
  const sorted = React.useMemo(() => sortedClasses(scan, settled ?? NO_COUNTS, sort), [scan, settled, sort]);
  const names = React.useMemo(() => matching(sorted, typed), [sorted, typed]);
  const chosen = React.useMemo(() => new Set(restriction ?? []), [restriction]);
  const longest = React.useMemo(() => (byClass ? Math.max(1, ...byClass.values()) : 1), [byClass]);

  const onSort = React.useCallback((by: SortKey) => setSort((old) => nextSort(old, by)), []);

  const height = ROW_HEIGHT * Math.min(names.length, all ? Math.max(rows, 14) : rows);
  const shown = all ? windowOf(scrollTop, height, ROW_HEIGHT, names.length) : { first: 0, end: Math.min(names.length, rows) };

  return (
    <Box role="group" aria-label="By class" data-cy="class-list">
      <ClassListTop
        chosen={restriction?.length ?? 0}
        typed={typed}
        searchable={scan.summary.classes.length > SEARCH_FROM}
        onType={setTyped}
        onClear={onClear}
      />
      <ClassHeader sort={sort} onSort={onSort} />
      <ClassRows
        style={{ height, overflowY: all ? "auto" : "hidden" }}
        onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
        data-cy="class-rows"
      >
        <div style={{ height: all ? names.length * ROW_HEIGHT : undefined }}>
          <div style={{ transform: `translateY(${shown.first * ROW_HEIGHT}px)` }}>
            {names.slice(shown.first, shown.end).map((name) => (
              <ClassRow
                key={name === null ? "null" : `:${name}`}
                name={name}
                labels={scan.byName.get(name)?.labels ?? 0}
                removed={byClass === null ? null : (byClass.get(name) ?? 0)}
                longest={longest}
                chosen={chosen.has(name)}
                onToggle={onToggle}
              />
            ))}
          </div>
        </div>
      </ClassRows>
      {names.length === 0 && <Box sx={{ fontSize: 13, color: "text.secondary", py: 1 }}>No class name contains this text.</Box>}
      {names.length > rows && (
        <Button size="small" color="secondary" onClick={() => setAll(!all)} data-cy="show-all-classes" sx={{ mt: 0.5 }}>
          {all ? "Show fewer" : `Show all ${grouped(names.length)}`}
        </Button>
      )}
    </Box>
  );
}
