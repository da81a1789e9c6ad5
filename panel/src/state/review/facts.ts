/** The properties of the labels of a group, as the rows of a table. */
import type { ReviewGroup } from "../../protocol/review";

export interface FactRow {
  readonly name: string;
  /** One for each label; `null` if it does not have it. */
  readonly values: readonly (string | null)[];
  readonly differs: boolean;
}

/** One row for each name, in the order of the first label that has it; the class is in the head of the table. */
export function factRows(members: readonly Pick<ReviewGroup["members"][number], "facts">[]): FactRow[] {
  const names = new Set(members.flatMap(({ facts }) => facts.map(({ name }) => name)));
  names.delete("class");
  return [...names].map((name) => {
    const values = members.map(({ facts }) => facts.find((fact) => fact.name === name)?.value ?? null);
    return { name, values, differs: values.some((value) => value !== values[0]) };
  });
}
