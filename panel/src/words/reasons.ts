/** The reasons why one label is removed and another one is kept, in the same words as `iou_core/decisions/reasons.py`. */
import type { Reason } from "../protocol/messages";
import { classLabel } from "./classes";

type Value = Reason["kept"];

/** More digits than these tell no two numbers apart. */
const MOST_DIGITS = 17;

const SENTENCES: Readonly<Record<string, string>> = {
  list_order: "comes first in the list",
  fiftyone_order: "kept by the greedy order of FiftyOne",
  fewer: "kept so that fewer labels are removed",
  not_selected: "its class is not among those to be removed",
  removed_too: "overlaps a label that is removed too",
  not_stored: "overlaps an earlier label (not stored, as there are too many pairs)",
  first: "comes first in the list",
  last: "comes last in the list",
  newest: "was created later",
};

/** The reasons of decisions by people. */
const VERDICTS: Readonly<Record<string, (who: string) => string>> = {
  verdict: (who) => `kept by ${who}`,
  merged: (who) => `kept by ${who}, and the other is merged into it`,
  removed_both: (who) => `removed by ${who}`,
  kept_by_verdict: (who) => `kept by ${who} in another pair`,
};

const KINDS: Readonly<Record<string, string>> = {
  highest_confidence: "the higher confidence",
  largest: "the larger label",
  smallest: "the smaller label",
  most_attributes: "more attributes",
};

/** Whether the other label is kept, so that the words are about it. */
export function namesKept({ rule }: Pick<Reason, "rule">): boolean {
  return !["removed_too", "not_stored", "removed_both"].includes(rule);
}

/** "confidence 0.93 > 0.71" */
export function reasonText({ rule, kept, removed, unit }: Reason): string {
  const [name, argument] = split(rule, ":");
  switch (name) {
    case "highest_confidence":
      return `confidence ${compared(kept, removed, ">")}`;
    case "largest":
    case "smallest": {
      const sign = name === "largest" ? ">" : "<";
      return unit === "" ? `area ${compared(kept, removed, sign, 100, " %")} of the image` : `size ${compared(kept, removed, sign)} ${unit}`;
    }
    case "most_attributes":
      return `${compared(kept, removed, ">")} attributes`;
    case "tagged":
      return `has the tag '${argument}'`;
    case "classes":
      return `class ${named(kept)} comes before ${named(removed)}`;
    case "attribute":
      return `${split(argument, "=")[0].trim()} ${shown(kept)} comes before ${shown(removed)}`;
    case "other_field":
      return `only labels of ${shown(removed)} are removed, not those of ${shown(kept)}`;
    default:
      return VERDICTS[rule]?.(kept === null ? "a verdict" : String(kept)) ?? SENTENCES[rule] ?? rule;
  }
}

/** The common part of the reasons of one rule: "the larger label". */
export function kindOfReason(rule: string): string {
  const [name, argument] = split(rule, ":");
  if (name === "tagged") return `has the tag '${argument}'`;
  if (name === "classes") return `its class comes first among ${argument}`;
  if (name === "attribute") {
    const [key, values] = split(argument, "=");
    return `its ${key.trim()} comes first among ${values.trim()}`;
  }
  if (name === "other_field") return "is in the other field";
  return VERDICTS[rule]?.("a verdict") ?? KINDS[rule] ?? SENTENCES[rule] ?? rule;
}

/** Two numbers with as many digits as tell them apart. */
function compared(a: Value, b: Value, sign: string, times = 1, unit = ""): string {
  const written = (value: Value, digits: number) => (typeof value === "number" ? decimal(value * times, digits) + unit : "none");
  for (let digits = 3; digits <= MOST_DIGITS; digits++) {
    const [one, other] = [written(a, digits), written(b, digits)];
    if (one !== other) return `${one} ${sign} ${other}`;
  }
  return `${written(a, 3)} = ${written(b, 3)}`;
}

/** A number in decimals, whole numbers whole. */
function decimal(value: number, digits: number): string {
  if (value === 0) return "0";
  const places = Math.min(100, Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value)))));
  const text = value.toFixed(places);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function named(value: Value): string {
  return classLabel(value === null ? null : String(value));
}

function shown(value: Value): string {
  return value === null ? "none" : String(value);
}

function split(text: string, at: string): [string, string] {
  const place = text.indexOf(at);
  return place < 0 ? [text, ""] : [text.slice(0, place), text.slice(place + 1)];
}
