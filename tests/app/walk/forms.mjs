// Choices in the forms of the panel.
import { at } from "../app.mjs";
import { isIn } from "./shown.mjs";

export async function choose(cy, value) {
  await at(cy).getByRole("combobox").click();
  await at(value).first().click();
  await at(value).first().waitFor({ state: "hidden" });
}

export async function openForm() {
  if (!(await isIn("class-any"))) await at("scan-line").first().click();
  await at("class-any").waitFor();
}
