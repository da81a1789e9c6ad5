/** The histogram as a stand-alone SVG file. */
import { axesOf, type Colors, dataOf, type Mark } from "./marks";
import { type Plot, xScale } from "./plot";

export interface Captions {
  /** "IoU", "IoS" or "OKS". */
  readonly measure: string;
  readonly title: string;
  readonly subtitle: string;
  readonly sentence: string;
}

const HEAD = 64;
const FOOT = 20;
const CLIP = "removed";

export function histogramSvg(plot: Plot, threshold: number, captions: Captions, colors: Colors): string {
  const { width, height, margins } = plot.frame;
  const ground = height - margins.bottom;
  const cut = xScale(plot.frame)(threshold);
  const total = height + HEAD + FOOT;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" font-family="sans-serif" font-size="11">`,
    `<rect width="100%" height="100%" fill="${colors.background}"/>`,
    `<text x="16" y="22" font-size="15" font-weight="600" fill="${colors.text}">${escaped(captions.title)}</text>`,
    `<text x="16" y="40" font-size="12" fill="${colors.muted}">${escaped(captions.subtitle)}</text>`,
    `<text x="16" y="58" font-size="12" fill="${colors.text}">${escaped(captions.sentence)}</text>`,
    `<g transform="translate(0 ${HEAD})">`,
    `<clipPath id="${CLIP}"><rect x="${cut}" y="0" width="${width}" height="${height}"/></clipPath>`,
    ...[...axesOf(plot, colors), ...dataOf(plot, colors, CLIP)].map(written),
    `<path d="M${cut},${margins.top}V${ground}" stroke="${colors.removed}" stroke-width="2"/>`,
    `<text x="${(margins.left + width - margins.right) / 2}" y="${ground + 34}" text-anchor="middle" fill="${colors.muted}">bars: labels by their largest ${captions.measure} · line: labels that would be removed at a threshold</text>`,
    "</g></svg>",
  ].join("\n");
}

function written({ tag, attributes, text = "" }: Mark): string {
  const names = Object.entries(attributes).map(([name, value]) => ` ${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}="${value}"`);
  return `<${tag}${names.join("")}>${escaped(text)}</${tag}>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
