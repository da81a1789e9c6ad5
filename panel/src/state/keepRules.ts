/** Keep rules as a person picks them, and as the Python half reads them. */

export type RuleName =
  | "first"
  | "last"
  | "highest_confidence"
  | "largest"
  | "smallest"
  | "most_attributes"
  | "newest"
  | "tagged"
  | "classes"
  | "attribute";

export interface Rule {
  readonly name: RuleName;
  /** The tag, or the name of the attribute. */
  readonly key: string;
  /** Classes or values, those preferred first. */
  readonly values: string;
}

/** What a rule needs to be told: nothing, a key, values, or both. */
export interface RuleKind {
  readonly name: RuleName;
  readonly label: string;
  readonly key?: string;
  readonly values?: string;
}

export const RULE_KINDS: readonly RuleKind[] = [
  { name: "highest_confidence", label: "Highest confidence" },
  { name: "largest", label: "Largest" },
  { name: "smallest", label: "Smallest" },
  { name: "most_attributes", label: "Most attributes" },
  { name: "newest", label: "Made last" },
  { name: "tagged", label: "Has a tag", key: "tag" },
  { name: "classes", label: "Class order", values: "classes, best first" },
  { name: "attribute", label: "Attribute value", key: "attribute", values: "values, best first" },
  { name: "first", label: "First in the list" },
  { name: "last", label: "Last in the list" },
];

export const DEFAULT_ORDER = "FiftyOne’s order";

export function kindOf(name: RuleName): RuleKind {
  return RULE_KINDS.find((kind) => kind.name === name) as RuleKind;
}

export function ruleOf(name: RuleName): Rule {
  return { name, key: "", values: "" };
}

/** "attribute:annotator=alice,bob" → its parts; `null` for what is no rule. */
export function parseRule(text: string): Rule | null {
  const colon = text.indexOf(":");
  const name = colon < 0 ? text : text.slice(0, colon);
  const kind = RULE_KINDS.find((one) => one.name === name);
  if (kind === undefined) return null;
  const argument = colon < 0 ? "" : text.slice(colon + 1).trim();
  if (kind.key === undefined) return { name: kind.name, key: "", values: argument };
  if (kind.values === undefined) return { name: kind.name, key: argument, values: "" };
  const equals = argument.indexOf("=");
  return equals < 0
    ? { name: kind.name, key: argument, values: "" }
    : { name: kind.name, key: argument.slice(0, equals).trim(), values: argument.slice(equals + 1).trim() };
}

export function ruleText({ name, key, values }: Rule): string {
  const kind = kindOf(name);
  const argument = [kind.key === undefined ? null : key.trim(), kind.values === undefined ? null : values.trim()];
  const said = argument.filter((part) => part !== null).join("=");
  return said === "" ? name : `${name}:${said}`;
}

/** Whether a rule says all it has to. */
export function isWhole({ name, key, values }: Rule): boolean {
  const kind = kindOf(name);
  const lists = values.split(",").some((value) => value.trim() !== "");
  return (kind.key === undefined || key.trim() !== "") && (kind.values === undefined || lists);
}

/** "Largest", "Tag reviewed, then largest": what a button says of the rules. */
export function keepLabel(keep: readonly string[]): string {
  if (keep.length === 0) return DEFAULT_ORDER;
  const said = keep.map((text) => {
    const rule = parseRule(text);
    if (rule === null) return text;
    if (rule.name === "tagged") return `tag ${rule.key}`;
    if (rule.name === "classes") return `class ${rule.values}`;
    if (rule.name === "attribute") return `${rule.key} ${rule.values}`;
    return kindOf(rule.name).label.toLowerCase();
  });
  const text = said.join(", then ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
