/** The histogram as a stand-alone SVG file. */
import type { Plot, Tick } from "./plot";
import { xScale } from "./plot";

export interface Colors {
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly stays: string;
  readonly goes: string;
}

export interface Captions {
  /** "IoU", "IoS" or "OKS". */
  readonly measure: string;
  readonly title: string;
  readonly subtitle: string;
  readonly sentence: string;
}

const HEAD = 64;
const FOOT = 20;

export function histogramSvg(plot: Plot, threshold: number, captions: Captions, colors: Colors): string {
  const { frame } = plot;
  const { margins } = frame;
  const ground = frame.height - margins.bottom;
  const cut = xScale(frame)(threshold);
  const height = frame.height + HEAD + FOOT;
  const written = (tick: Tick, x: number, anchor: string) =>
    `<text x="${x}" y="${tick.at + 4}" text-anchor="${anchor}" fill="${colors.muted}">${tick.label}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${frame.width}" height="${height}" viewBox="0 0 ${frame.width} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="100%" height="100%" fill="${colors.background}"/>`,
    `<text x="16" y="22" font-size="15" font-weight="600" fill="${colors.text}">${escaped(captions.title)}</text>`,
    `<text x="16" y="40" font-size="12" fill="${colors.muted}">${escaped(captions.subtitle)}</text>`,
    `<text x="16" y="58" font-size="12" fill="${colors.text}">${escaped(captions.sentence)}</text>`,
    `<g transform="translate(0 ${HEAD})">`,
    ...plot.yTicks.map((tick) => `<path d="M${margins.left},${tick.at}H${frame.width - margins.right}" stroke="${colors.line}"/>`),
    ...plot.yTicks.map((tick) => written(tick, margins.left - 6, "end")),
    ...plot.curveTicks.map((tick) => written(tick, frame.width - margins.right + 6, "start")),
    `<clipPath id="goes"><rect x="${cut}" y="0" width="${frame.width}" height="${frame.height}"/></clipPath>`,
    `<path d="${plot.bars}" fill="${colors.stays}"/>`,
    `<path d="${plot.bars}" fill="${colors.goes}" clip-path="url(#goes)"/>`,
    `<path d="M${margins.left},${ground}H${frame.width - margins.right}" stroke="${colors.muted}"/>`,
    `<path d="${plot.curve}" fill="none" stroke="${colors.text}" stroke-width="1.5"/>`,
    `<path d="M${cut},${margins.top}V${ground}" stroke="${colors.goes}" stroke-width="2"/>`,
    ...plot.xTicks.map(
      (tick) => `<text x="${tick.at}" y="${ground + 16}" text-anchor="middle" fill="${colors.muted}">${tick.label}</text>`,
    ),
    `<text x="${(margins.left + frame.width - margins.right) / 2}" y="${ground + 34}" text-anchor="middle" fill="${colors.muted}">bars: labels by their largest ${captions.measure} · line: labels that would go at a threshold</text>`,
    "</g></svg>",
  ].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
