/** Keep rules as the form edits them, and as text for the server. */

/** The inputs of each rule: a key (a tag, or the name of an attribute), values, both, or neither. In the order of the menu. */
const ARGUMENTS = {
  highest_confidence: [],
  largest: [],
  smallest: [],
  most_attributes: [],
  newest: [],
  tagged: ["key"],
  classes: ["values"],
  attribute: ["key", "values"],
  first: [],
  last: [],
} as const satisfies Readonly<Record<string, readonly ("key" | "values")[]>>;

export type RuleName = keyof typeof ARGUMENTS;

export const RULE_NAMES = Object.keys(ARGUMENTS) as readonly RuleName[];

export interface Rule {
  readonly name: RuleName;
  /** The tag, or the name of the attribute. */
  readonly key: string;
  /** Comma-separated classes or values, the preferred ones first. */
  readonly values: string;
}

export function needs(name: RuleName, argument: "key" | "values"): boolean {
  return (ARGUMENTS[name] as readonly string[]).includes(argument);
}

export function ruleOf(name: RuleName): Rule {
  return { name, key: "", values: "" };
}

/** "attribute:annotator=alice,bob" → its parts; `null` for text that is not a rule. */
export function parseRule(text: string): Rule | null {
  const colon = text.indexOf(":");
  const before = colon < 0 ? text : text.slice(0, colon);
  const name = RULE_NAMES.find((known) => known === before);
  if (name === undefined) return null;
  const argument = colon < 0 ? "" : text.slice(colon + 1).trim();
  if (!needs(name, "key")) return { name, key: "", values: argument };
  if (!needs(name, "values")) return { name, key: argument, values: "" };
  const equals = argument.indexOf("=");
  return equals < 0 ? { name, key: argument, values: "" } : { name, key: argument.slice(0, equals).trim(), values: argument.slice(equals + 1).trim() };
}

export function ruleText(rule: Rule): string {
  const argument = ARGUMENTS[rule.name].map((part) => rule[part].trim()).join("=");
  return argument === "" ? rule.name : `${rule.name}:${argument}`;
}

/** Whether a rule has all its arguments. */
export function isWhole({ name, key, values }: Rule): boolean {
  const lists = values.split(",").some((value) => value.trim() !== "");
  return (!needs(name, "key") || key.trim() !== "") && (!needs(name, "values") || lists);
}
