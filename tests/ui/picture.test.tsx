import { ThemeProvider, createTheme } from "@mui/material";
import { cleanup, render } from "@testing-library/react";
import * as React from "react";
import { afterEach, describe, expect, it } from "vitest";
import { GroupMembers } from "../../panel/src/components/groups/GroupMembers";
import { LabelPicture } from "../../panel/src/components/groups/LabelPicture";
import { ReviewPicture } from "../../panel/src/components/review/ReviewPicture";
import type { ReviewGroup } from "../../panel/src/protocol/review";
import { makeGroups, makePicture } from "./makeGroups";

afterEach(cleanup);

const [group] = makeGroups();
if (group === undefined) throw new Error("no group");
const picture = makePicture(group.members.map((member) => member.label_id));

function widths(separate: boolean): number[] {
  const drawn = render(
    <ThemeProvider theme={createTheme()}>
      <LabelPicture picture={{ ...picture, separate }} group={group as NonNullable<typeof group>} stressed={null} side={132} />
    </ThemeProvider>,
  );
  const lines = [...drawn.container.querySelectorAll("path")].filter((path) => path.getAttribute("stroke") !== "#000");
  return lines.map((path) => Number(path.getAttribute("stroke-width")));
}

describe("the picture of a group", () => {
  it("draws a kept label thicker, as the removed one covers it", () => {
    const [kept = 0, removed = 0] = widths(false);
    expect(kept).toBeGreaterThan(removed);
  });

  it("draws labels without area with equal lines, so that equal bars look equal", () => {
    const [kept, removed] = widths(true);
    expect(kept).toBe(removed);
  });
});

describe("a note on a picture, as that the image cannot be read", () => {
  const noted = { ...picture, source: null, note: "image not readable" };
  const lowest = noted.height;

  function placeOf(drawn: HTMLElement): { note: number; bottom: number } {
    const [, top = 0, , height = 0] = (drawn.querySelector("svg")?.getAttribute("viewBox") ?? "").split(" ").map(Number);
    return { note: Number(drawn.querySelector("[data-note]")?.getAttribute("y")), bottom: top + height };
  }

  it("is below the labels of a group", () => {
    const { container } = render(<LabelPicture picture={noted} group={group as NonNullable<typeof group>} stressed={null} side={132} />);
    const { note, bottom } = placeOf(container);
    expect(note).toBeGreaterThan(lowest);
    expect(note).toBeLessThan(bottom);
  });

  it.each([
    ["wide", 900, 300],
    ["narrow", 300, 300],
  ])("is below the labels in a %s Review", (_, width, height) => {
    const drawing = { exploded: false, filled: true, beside: false };
    const { container } = render(
      <ReviewPicture picture={noted} group={group as unknown as ReviewGroup} fates={new Map()} hidden={new Set()} drawing={drawing} view={{ x: 0.5, y: 0.5, k: 1 }} width={width} height={height} only={null} />,
    );
    const { note, bottom } = placeOf(container);
    expect(note).toBeGreaterThan(lowest);
    expect(note).toBeLessThan(bottom);
  });
});

describe("the members of a group", () => {
  const shown = (members: NonNullable<typeof group>["members"]) =>
    render(<GroupMembers group={{ ...(group as NonNullable<typeof group>), members }} onStress={() => undefined} />).container.textContent;

  it("are named with their fields if there are two", () => {
    const [first, second] = group.members;
    if (first === undefined || second === undefined) throw new Error("no members");
    expect(shown([first, { ...second, field: "predictions" }])).toContain("car in predictions");
    expect(shown([first, second])).not.toContain(" in ");
  });
});
