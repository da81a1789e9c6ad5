/** Numbers, units and times as the user reads them. */

const GROUPED = new Intl.NumberFormat("en-US");
const COMPACT = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

/** 36781 → "36,781" */
export function grouped(value: number): string {
  return GROUPED.format(value);
}

/** 36781 → "36.8K" */
export function compact(value: number): string {
  return COMPACT.format(value);
}

/** Returns the unit that the App shows for a unit: the video of a frame. */
export function shownUnit(unit: string): string {
  return unit === "frame" ? "video" : unit;
}

const OF_MEDIA: Readonly<Record<string, string>> = { image: "image", video: "video", "3d": "scene", "point-cloud": "scene", group: "group" };

/** The unit of a dataset of a media type: "image", "scene", "group", ... */
export function unitOfMedia(mediaType: string): string {
  return OF_MEDIA[mediaType] ?? "sample";
}

/** The unit of a dataset: "image", "scene", "group", ... */
export function unitIn({ dataset }: { readonly dataset: { readonly media_type: string } }): string {
  return unitOfMedia(dataset.media_type);
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function uncapitalized(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** (1, "image") → "1 image"; (242, "image") → "242 images" */
export function counted(value: number, noun: string): string {
  return `${grouped(value)} ${value === 1 ? noun : `${noun}s`}`;
}

/** "Each kept label is followed by the labels that would be removed for it. 9 labels of 3-D scenes have no patches and are not shown." Empty if there is nothing to say. */
export function patchesText(beside: boolean, leftOut: number): string {
  const order = beside ? "Each kept label is followed by the labels that would be removed for it." : "";
  const left = leftOut === 0 ? "" : `${counted(leftOut, "label")} of 3-D scenes ${leftOut === 1 ? "has no patch and is" : "have no patches and are"} not shown.`;
  return `${order} ${left}`.trim();
}

/** A part of a whole in percent: "0 %", "<0.1 %", "0.6 %", "12 %". */
export function percent(part: number, whole: number): string {
  if (whole === 0 || part === 0) return "0 %";
  const value = (100 * part) / whole;
  if (value < 0.1) return "<0.1 %";
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} %`;
}

/** An overlap: "0.86"; of three decimals where two would call labels exact copies that are not, as "0.998". */
export function overlapText(overlap: number): string {
  const short = overlap.toFixed(2);
  return overlap < 1 && short === "1.00" ? (Math.floor(1000 * overlap) / 1000).toFixed(3) : short;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "just now", "12 min ago", "3 h ago", "5 days ago", then the date. */
export function ago(then: string, now: number): string {
  const passed = now - Date.parse(then);
  if (Number.isNaN(passed)) return "";
  if (passed < MINUTE) return "just now";
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h ago`;
  if (passed < 2 * DAY) return "yesterday";
  if (passed < 14 * DAY) return `${Math.floor(passed / DAY)} days ago`;
  return then.slice(0, 10);
}

/** The same, followed by the time of day, which tells two scans of the same minute apart. */
export function when(then: string, now: number): string {
  const date = new Date(then);
  return Number.isNaN(date.getTime()) ? "" : `${ago(then, now)}, ${date.toLocaleTimeString("en-GB")}`;
}

const PLURALS: Readonly<Record<string, string>> = { has: "have", is: "are", was: "were", overlaps: "overlap", shares: "share", does: "do" };

/** "have no class" for 2 labels, from "has no class" */
export function reasonOf(reason: string, labels: number): string {
  return labels === 1 ? reason : reason.replace(/^\w+/, (verb) => PLURALS[verb] ?? verb);
}
