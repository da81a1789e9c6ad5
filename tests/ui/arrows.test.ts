/// <reference types="vite/client" />
import { describe, expect, it } from "vitest";

const sources = import.meta.glob<string>("../../panel/src/**/*.{ts,tsx}", { eager: true, query: "?raw", import: "default" });
const files = Object.entries(sources).map(([path, source]) => ({ path: path.replace("../../panel/src/", ""), source }));

/** The rooms of the panel from the lowest floor up, one line per floor: each folder is one. A room may import from lower floors. */
const FLOORS = [
  "protocol",
  "state/decision state/review",
  "state/scan",
  "state/cut",
  "state",
  "words",
  "words/cvat words/review",
  "plot host",
  "actions components/widgets",
  "actions/model actions/sitting",
  "components/scan components/classes components/classPairs components/decision components/groups components/tracks components/cvat components/reviewList",
  "components/cut components/edit components/review",
  "DuplicatesPanel.tsx",
  "index.ts",
];

/** The packages that each room may import besides. */
const OUTSIDE: readonly { readonly room: RegExp; readonly may: RegExp }[] = [
  { room: /^(state|plot)\//, may: /^d3-/ },
  { room: /^host\//, may: /^(react$|recoil$|@fiftyone\/)/ },
  { room: /^actions\//, may: /^react$/ },
  { room: /^(components\/|DuplicatesPanel)/, may: /^(react$|@mui\/material$)/ },
];

const floorOf = (room: string): number => FLOORS.findIndex((floor) => floor.split(" ").includes(room));

/** The room of a file: its folder, or its own name if it is in none. */
function roomOf(path: string): string {
  return path.includes("/") ? path.replace(/\/[^/]*$/, "") : path;
}

function resolved(path: string, from: string): string {
  const parts = path.split("/").slice(0, -1);
  for (const part of from.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** The other files of the panel that a file imports, without extensions. */
function targetsOf(path: string, source: string): { readonly to: string; readonly isType: boolean }[] {
  return [...source.matchAll(/^(?:import|export) (type )?[^;]*?from "(\.[^"]+)";/gm)].map(([, type, from = ""]) => ({
    to: resolved(path, from),
    isType: type !== undefined,
  }));
}

function wrongImports(path: string, source: string): string[] {
  const room = roomOf(path);
  const inside = targetsOf(path, source).filter(({ to, isType }) => {
    const other = roomOf(to === "DuplicatesPanel" ? "DuplicatesPanel.tsx" : to);
    if (other === room) return false;
    // the rest of the panel uses the App only through the type of `host/host`
    if (other === "host" && room !== "DuplicatesPanel.tsx" && room !== "index.ts") return !(isType && to === "host/host" && /^actions\b/.test(room));
    return floorOf(other) < 0 || floorOf(other) >= floorOf(room);
  });
  const rule = OUTSIDE.find((each) => each.room.test(path));
  const outside = [...source.matchAll(/^import [^;]*?from "([^."][^"]*)";/gm)].map(([, from = ""]) => from).filter((from) => !rule?.may.test(from));
  return [...inside.map(({ to }) => to), ...outside].map((to) => `${path} imports ${to}`);
}

/** The import cycles. */
function circles(all: readonly { readonly path: string; readonly source: string }[]): string[] {
  const bare = (path: string) => path.replace(/\.tsx?$/, "");
  const graph = new Map(all.map(({ path, source }) => [bare(path), targetsOf(path, source).map(({ to }) => to)]));
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (name: string, way: readonly string[]): void => {
    if (way.includes(name)) {
      found.push([...way.slice(way.indexOf(name)), name].join(" → "));
      return;
    }
    if (done.has(name)) return;
    for (const other of graph.get(name) ?? []) visit(other, [...way, name]);
    done.add(name);
  };
  for (const name of graph.keys()) visit(name, []);
  return found;
}

describe("imports", () => {
  it("point one way between rooms, and only host/ imports the App", () => {
    expect(files.length).toBeGreaterThan(30);
    expect(files.flatMap(({ path, source }) => wrongImports(path, source))).toEqual([]);
  });

  it("are checked in every folder", () => {
    expect(files.map(({ path }) => roomOf(path)).filter((room) => floorOf(room) < 0)).toEqual([]);
  });

  it("form no cycle", () => {
    expect(circles(files)).toEqual([]);
  });

  it.each([
    ["state/x.ts", 'import * as React from "react";'],
    ["state/x.ts", 'import { counted } from "../words/format";'],
    ["state/cut/x.ts", 'import { reduce } from "../model";'],
    ["state/decision/x.ts", 'import type { Scan } from "../scan/scan";'],
    ["state/review/x.ts", 'import { countsOf } from "../cut/cut";'],
    ["state/new/x.ts", 'import { LOWEST } from "../decision/thresholds";'],
    ["words/x.ts", 'import { verdictText } from "./review/verdicts";'],
    ["words/x.ts", 'import type { Plot } from "../plot/plot";'],
    ["actions/x.ts", 'import { useSitting } from "./sitting/useSitting";'],
    ["actions/sitting/x.ts", 'import { useCost } from "../model/useCost";'],
    ["components/widgets/X.tsx", 'import { CutBand } from "../cut/CutBand";'],
    ["components/groups/X.tsx", 'import { useSize } from "../../host/useSize";'],
    ["components/groups/X.tsx", 'import type { Context } from "../tracks/context";'],
    ["components/groups/X.tsx", 'import type { Field } from "@fiftyone/state";'],
    ["components/scan/X.tsx", 'import Button from "@mui/material/Button";'],
    ["actions/useX.ts", 'import { useRecoilValue } from "recoil";'],
    ["actions/x.ts", 'import { useAppHost } from "../host/useAppHost";'],
  ])("that point another way are noticed: %s, %s", (path, source) => expect(wrongImports(path, source)).toHaveLength(1));

  it("that form a cycle are reported", () => {
    const made = [
      { path: "actions/a.ts", source: 'import type { B } from "./b";' },
      { path: "actions/b.ts", source: 'import { a } from "./a";' },
    ];
    expect(circles(made)).toEqual(["actions/a → actions/b → actions/a"]);
  });

  it("of the window are only in host/", () => {
    const others = files.filter(({ path, source }) => !path.startsWith("host/") && /\bwindow\.|\bdocument\./.test(source));
    expect(others.map(({ path }) => path)).toEqual([]);
  });
});

/** The disabled buttons in a source that are not directly in a `Reason`, which says why. */
function unexplained(source: string): string[] {
  return [...source.matchAll(/\sdisabled=\{/g)].flatMap(({ index = 0 }) => {
    const tag = [...source.slice(0, index).matchAll(/<([A-Z]\w*)/g)].at(-1);
    if (tag === undefined || !/Button(Group)?$/.test(tag[1] ?? "")) return [];
    const before = source.slice(0, tag.index).trimEnd();
    return /<Reason [^<]*>$/.test(before) ? [] : [source.slice(tag.index, index)];
  });
}

describe("disabled buttons", () => {
  it("say why", () => {
    expect(files.flatMap(({ source }) => unexplained(source))).toEqual([]);
  });

  it("that do not are found", () => {
    const button = `<Button size="small" disabled={busy} onClick={() => go()}>`;
    expect(unexplained(`<Box>\n  ${button}`)).toHaveLength(1);
    expect(unexplained(`<Reason why={busy ? BUSY : null}>\n  ${button}`)).toEqual([]);
  });
});

describe("files", () => {
  it("have at most 200 lines, components 150, the entry 15", () => {
    const limit = (path: string) => (path === "index.ts" ? 15 : path.endsWith(".tsx") ? 150 : 200);
    const long = files.filter(({ path, source }) => source.split("\n").length - 1 > limit(path));
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it("are in folders of limited size", () => {
    const folders = new Map<string, number>();
    for (const { path } of files) folders.set(path.replace(/\/?[^/]*$/, ""), (folders.get(path.replace(/\/?[^/]*$/, "")) ?? 0) + 1);
    expect([...folders].filter(([, n]) => n > 14)).toEqual([]);
  });
});

const benchmarks = import.meta.glob<string>("../../benchmarks/*.mjs", { eager: true, query: "?raw", import: "default" });

it("the parts of the panel that a benchmark looks for exist", () => {
  const named = Object.values(benchmarks).flatMap((source) => [...source.matchAll(/\b(?:at|find)\("([a-z-]+)"\)/g)].map(([, name]) => name));
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !files.some(({ source }) => source.includes(`"${name}"`)))).toEqual([]);
});
