/** The extent of SVG paths, as the server draws labels. */

export interface Extent {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const STEP = /([MLHVhvmlZz])([^MLHVhvmlZz]*)/g;

/** The box around paths of straight lines; `null` for empty paths. */
export function extentOf(...paths: readonly string[]): Extent | null {
  let [x, y] = [0, 0];
  let extent: Extent | null = null;
  const visit = () => {
    const { left, top, right, bottom } = extent ?? { left: x, top: y, right: x, bottom: y };
    extent = { left: Math.min(left, x), top: Math.min(top, y), right: Math.max(right, x), bottom: Math.max(bottom, y) };
  };
  for (const [, command = "", written = ""] of paths.join("").matchAll(STEP)) {
    const numbers = written.match(/-?\d+(\.\d+)?/g)?.map(Number) ?? [];
    if ("HhVv".includes(command)) {
      for (const value of numbers) {
        if (command === "H") x = value;
        else if (command === "h") x += value;
        else if (command === "V") y = value;
        else y += value;
        visit();
      }
      continue;
    }
    for (let k = 0; k + 1 < numbers.length; k += 2) {
      const [a = 0, b = 0] = [numbers[k], numbers[k + 1]];
      [x, y] = "ml".includes(command) ? [x + a, y + b] : [a, b];
      visit();
    }
  }
  return extent;
}

/** Whether two boxes cover each other but for a margin. */
export function coincide(a: Extent, b: Extent, margin: number): boolean {
  return (["left", "top", "right", "bottom"] as const).every((side) => Math.abs(a[side] - b[side]) <= margin);
}

/** How far each shape is moved, in steps, so that none covers another one exactly. All are moved if none does. */
export function stepsApart(extents: readonly (Extent | null)[], margin: number): number[] {
  const steps: number[] = [];
  for (const [k, extent] of extents.entries()) {
    const covered = extents.slice(0, k).flatMap((other, j) => (extent !== null && other !== null && coincide(extent, other, margin) ? [steps[j] ?? 0] : []));
    steps.push(covered.length === 0 ? 0 : Math.max(...covered) + 1);
  }
  return steps.some((step) => step > 0) ? steps : [...extents.keys()];
}
