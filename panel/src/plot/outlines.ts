/** The extent of SVG paths, as the server draws labels. */

export interface Extent {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

type Point = readonly [number, number];

/** The box around a shape, and the points of the shape that are nearest to the corners of the box. */
export interface Outlined extends Extent {
  readonly corners: readonly Point[];
}

const STEP = /([MLHVhvmlZz])([^MLHVhvmlZz]*)/g;

/** The extent of paths of straight lines; `null` for empty paths. */
export function extentOf(...paths: readonly string[]): Outlined | null {
  const points = pointsOf(paths.join(""));
  const [first] = points;
  if (first === undefined) return null;
  let [left, top, right, bottom] = [...first, ...first];
  for (const [x, y] of points) [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
  const near = (x: number, y: number) => points.reduce((best, point) => (distance(point, x, y) < distance(best, x, y) ? point : best));
  return { left, top, right, bottom, corners: [near(left, top), near(right, top), near(right, bottom), near(left, bottom)] };
}

function distance([x, y]: Point, a: number, b: number): number {
  return Math.hypot(x - a, y - b);
}

function pointsOf(path: string): Point[] {
  const points: Point[] = [];
  let [x, y] = [0, 0];
  for (const [, command = "", written = ""] of path.matchAll(STEP)) {
    const numbers = written.match(/-?\d+(\.\d+)?/g)?.map(Number) ?? [];
    if ("HhVv".includes(command)) {
      for (const value of numbers) {
        if (command === "H") x = value;
        else if (command === "h") x += value;
        else if (command === "V") y = value;
        else y += value;
        points.push([x, y]);
      }
      continue;
    }
    for (let k = 0; k + 1 < numbers.length; k += 2) {
      const [a = 0, b = 0] = [numbers[k], numbers[k + 1]];
      [x, y] = "ml".includes(command) ? [x + a, y + b] : [a, b];
      points.push([x, y]);
    }
  }
  return points;
}

/** Whether two boxes cover each other but for a margin. */
export function coincide(a: Extent, b: Extent, margin: number): boolean {
  return (["left", "top", "right", "bottom"] as const).every((side) => Math.abs(a[side] - b[side]) <= margin);
}

/** Returns the steps by which each shape is moved, so that none covers another one exactly. All are moved if none does. */
export function stepsApart(extents: readonly (Extent | null)[], margin: number): number[] {
  const steps: number[] = [];
  for (const [k, extent] of extents.entries()) {
    const covered = extents.slice(0, k).flatMap((other, j) => (extent !== null && other !== null && coincide(extent, other, margin) ? [steps[j] ?? 0] : []));
    steps.push(covered.length === 0 ? 0 : Math.max(...covered) + 1);
  }
  return steps.some((step) => step > 0) ? steps : [...extents.keys()];
}
