import { describe, expect, it } from "vitest";
import { formOf, opponents, parseSigmas, requestOf, slicesOf } from "../../../panel/src/state/scan/scanForm";
import { NO_SLICES, toggledSlice } from "../../../panel/src/state/scan/slices";
import { slicesLabel } from "../../../panel/src/words/scan";

describe("the scan form", () => {
  const fields = [
    { name: "a", kind: "detections", writable: true, compare: [], sigmas: [], patches: true, slices: ["left", "scene"] },
    { name: "b", kind: "polylines", writable: true, compare: ["shapes", "bounding boxes"], sigmas: [], patches: true, slices: ["left"] },
    { name: "c", kind: "detections", writable: true, compare: [], sigmas: [], patches: true, slices: ["left", "scene"] },
  ];
  const targets = [
    { kind: "dataset" as const, samples: 9, slices: null },
    { kind: "view" as const, samples: 4, slices: null },
  ];
  it("compares fields of one kind only", () => expect(opponents(fields, "a").map((field) => field.name)).toEqual(["c"]));
  it("starts with the first field, itself, any class, and the view if there is one", () => {
    expect(formOf(fields, targets, {}, null)).toEqual({ labelField: "a", otherField: "", classwise: false, compare: "", sigmas: null, unmarkedAsMissing: false, rotationUnit: "", target: "view", slices: [] });
  });
  it("starts from the displayed scan unless the user chooses otherwise", () => {
    const points = [...fields, { name: "k", kind: "keypoints", writable: true, compare: [], sigmas: [{ name: "COCO's 17 sigmas", values: [0.052, 0.05] }], patches: true, slices: [] }];
    const shown = { label_field: "k", other_field: null, classwise: true, compare: null, keypoint_sigmas: [0.08, 0.08], unmarked_as_missing: true, scope: { kind: "dataset" as const, slices: null } };
    const request = (chosen: Parameters<typeof formOf>[2]) => requestOf(formOf(points, targets, chosen, shown), null, false);
    expect(request({})).toMatchObject({ label_field: "k", classwise: true, keypoint_sigmas: [0.08, 0.08], unmarked_as_missing: true });
    expect(request({ sigmas: null })).toMatchObject({ label_field: "k", keypoint_sigmas: null });
    expect(request({ labelField: "a" })).toMatchObject({ label_field: "a", classwise: false, keypoint_sigmas: null, unmarked_as_missing: false });
    const boxes = { ...shown, label_field: "b", compare: "bounding boxes" };
    expect(requestOf(formOf(points, targets, {}, boxes), null, false)).toMatchObject({ label_field: "b", compare: "bounding boxes", keypoint_sigmas: null });
  });
  it("accepts typed sigmas that are positive numbers", () => {
    expect(parseSigmas("0.1, 0.2 0.3;")).toEqual([0.1, 0.2, 0.3]);
    for (const typed of ["", " , ", "0.1, 0", "-1", "a", "0.1, Infinity"]) expect(parseSigmas(typed)).toBeNull();
  });
  it("drops choices that no longer exist", () => {
    const form = formOf(fields, targets, { labelField: "b", otherField: "c", target: "selection" }, null);
    expect(requestOf(form, null, true)).toEqual({ label_field: "b", other_field: null, classwise: false, compare: "shapes", keypoint_sigmas: null, unmarked_as_missing: false, target: "view", slices: null, background: true });
  });

  const facts = { slices: [{ name: "left", media_type: "image" }, { name: "scene", media_type: "3d" }], active: "scene" };
  const choice = (wanted: Parameters<typeof formOf>[2], own: string[] | null = null) =>
    slicesOf(facts, fields, targets.map((target) => ({ ...target, slices: own })), formOf(fields, targets, wanted, null));
  it("covers the active slice, or the first one if the field cannot be compared there", () => {
    expect(choice({ labelField: "a" })).toMatchObject({ chosen: ["scene"], fixed: false });
    expect(choice({ labelField: "b" })).toMatchObject({ chosen: ["left"], offered: [{ name: "left" }] });
    expect(slicesOf(NO_SLICES, fields, targets, formOf(fields, targets, {}, null))).toBeNull();
  });
  it("covers the chosen slices in their order, at least one", () => {
    const both = choice({ slices: ["scene", "left", "gone"] });
    expect(both?.chosen).toEqual(["left", "scene"]);
    expect(both && toggledSlice(both, "left")).toEqual(["scene"]);
    const one = choice({ slices: ["left"] });
    expect(one && toggledSlice(one, "left")).toEqual(["left"]);
    expect(one && toggledSlice(one, "scene")).toEqual(["left", "scene"]);
    expect(requestOf(formOf(fields, targets, {}, null), both, false).slices).toEqual(["left", "scene"]);
  });
  it("offers no choice if the view selects its slices", () => {
    const own = choice({ slices: ["scene"] }, ["left"]);
    expect(own).toMatchObject({ chosen: ["left"], fixed: true });
    expect(requestOf(formOf(fields, targets, {}, null), own, false).slices).toBeNull();
  });
  it("lists slices in words", () => {
    expect(slicesLabel(["left"])).toBe("slice left");
    expect(slicesLabel(["left", "right", "scene"])).toBe("slices left, right and scene");
  });
});
