/** The properties of the labels of a group, as the rows of a table. */
import type { ReviewGroup } from "../../protocol/review";

export interface PropertyRow {
  readonly name: string;
  /** One for each label; `null` if it does not have it. */
  readonly values: readonly (string | null)[];
  readonly differs: boolean;
}

/** One row for each name, in the order of the first label that has it; the class is in the head of the table. */
export function propertyRows(members: readonly Pick<ReviewGroup["members"][number], "properties">[]): PropertyRow[] {
  const names = new Set(members.flatMap(({ properties }) => properties.map(({ name }) => name)));
  names.delete("class");
  return [...names].map((name) => {
    const values = members.map(({ properties }) => properties.find((property) => property.name === name)?.value ?? null);
    return { name, values, differs: values.some((value) => value !== values[0]) };
  });
}
