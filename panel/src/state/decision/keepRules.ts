/** Keep rules as the form edits them, and as text for the server. */
import type { KeepRule } from "../../protocol/messages";

export interface Rule {
  /** The server's entry of this rule. */
  readonly entry: KeepRule;
  /** The tag, or the name of the attribute. */
  readonly key: string;
  /** Comma-separated classes or values, the preferred ones first. */
  readonly values: string;
}

/** "attribute:annotator=alice,bob" → its parts; `null` for text that is not a rule. */
export function parseRule(text: string, known: readonly KeepRule[]): Rule | null {
  const [name, argument] = split(text, ":");
  const entry = known.find((one) => one.name === name);
  if (entry === undefined) return null;
  if (entry.key === "") return { entry, key: "", values: argument };
  const [key, values] = entry.values === "" ? [argument, ""] : split(argument, "=");
  return { entry, key, values };
}

export function ruleText({ entry, key, values }: Rule): string {
  const argument = [entry.key && key.trim(), entry.values && values.trim()].filter(Boolean).join("=");
  return argument === "" ? entry.name : `${entry.name}:${argument}`;
}

/** Whether a rule has all its arguments. */
export function isWhole({ entry, key, values }: Rule): boolean {
  const lists = values.split(",").some((value) => value.trim() !== "");
  return (entry.key === "" || key.trim() !== "") && (entry.values === "" || lists);
}

function split(text: string, at: string): [string, string] {
  const place = text.indexOf(at);
  return place < 0 ? [text, ""] : [text.slice(0, place).trim(), text.slice(place + 1).trim()];
}
