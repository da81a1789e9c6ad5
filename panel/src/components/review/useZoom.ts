import * as React from "react";

/** The part of a picture that is shown: `k` times as large as the whole, around a point from 0 to 1. */
export interface View {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}

export const WHOLE: View = { k: 1, x: 0.5, y: 0.5 };
const MOST = 24;
const PAN = 0.12;

export interface Zoom {
  readonly view: View;
  /** Zooms around a point of the stage, by default its middle; `dx` and `dy` are from the middle, in parts of the stage. */
  readonly by: (factor: number, dx?: number, dy?: number) => void;
  /** Moves the picture by parts of the stage. */
  readonly move: (dx: number, dy: number) => void;
  readonly fit: () => void;
}

/** Zoom and position, which are reset for each group. */
export function useZoom(key: string): Zoom {
  const [at, setAt] = React.useState({ key, view: WHOLE });
  if (at.key !== key) setAt({ key, view: WHOLE });
  const view = at.key === key ? at.view : WHOLE;
  return React.useMemo(() => {
    const set = (change: (old: View) => View) => setAt((old) => ({ key, view: change(old.key === key ? old.view : WHOLE) }));
    return {
      view,
      by: (factor, dx = 0, dy = 0) =>
        set(({ k, x, y }) => {
          const next = Math.min(MOST, Math.max(1, k * factor));
          if (next === 1) return WHOLE;
          const shift = 1 / k - 1 / next;
          return { k: next, x: within(x + dx * shift), y: within(y + dy * shift) };
        }),
      move: (dx, dy) => set(({ k, x, y }) => ({ k, x: within(x - dx / k), y: within(y - dy / k) })),
      fit: () => set(() => WHOLE),
    };
  }, [key, view]);
}

function within(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** Zooms or moves by a key. Returns whether it is such a key. */
export function zoomByKey({ by, move, fit }: Zoom, key: string, shift: boolean): boolean {
  const way = { ArrowLeft: [PAN, 0], ArrowRight: [-PAN, 0], ArrowUp: [0, PAN], ArrowDown: [0, -PAN] }[key];
  if (shift && way !== undefined) move(way[0] ?? 0, way[1] ?? 0);
  else if (key === "+" || key === "=") by(1.3);
  else if (key === "-") by(1 / 1.3);
  else if (key === "0") fit();
  else return false;
  return true;
}
