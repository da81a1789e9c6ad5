/** Scales of axes, from values to pixels and back. */
import { nice } from "d3-array";

export interface Scale {
  (value: number): number;
  readonly invert: (at: number) => number;
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
}

type Ends = readonly [number, number];

export function linearScale(domain: Ends, range: Ends): Scale {
  const [low, high] = domain;
  const [from, to] = range;
  const factor = (to - from) / (high - low);
  return Object.assign((value: number) => from + (value - low) * factor, { invert: (at: number) => low + (at - from) / factor, domain, range });
}

/** A linear scale from 0 to a round number for about `ticks` ticks. */
export function countScale(top: number, ticks: number, range: Ends): Scale {
  const [low, high] = nice(0, top, ticks);
  return linearScale([low, high], range);
}

/** A logarithmic scale of positive values. */
export function logScale(domain: Ends, range: Ends): Scale {
  const linear = linearScale([Math.log(domain[0]), Math.log(domain[1])], range);
  return Object.assign((value: number) => linear(Math.log(value)), { invert: (at: number) => Math.exp(linear.invert(at)), domain, range });
}
