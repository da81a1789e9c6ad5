/// <reference types="vite/client" />
import { describe, expect, it } from "vitest";

const sources = import.meta.glob<string>("../../panel/src/**/*.{ts,tsx}", { eager: true, query: "?raw", import: "default" });
const files = Object.entries(sources).map(([path, source]) => ({ path: path.replace("../../panel/src/", ""), source }));

/** What each room may import at run time; types may come from anywhere but the App. */
const ALLOWED: readonly { readonly room: RegExp; readonly may: RegExp }[] = [
  { room: /^state\//, may: /^(\.\/|\.\.\/(shape|types)$|d3-)/ },
  { room: /^host\//, may: /^(\.\/|\.\.\/types$|\.\.\/shape$|react$|recoil$|@fiftyone\/)/ },
  { room: /^components\//, may: /^(\.\/|\.\.\/state\/|react$|@mui\/material$)/ },
  { room: /^(shape|parts|cvatShapes|trackShapes|types)\.ts$/, may: /^\.\/(shape|parts|cvatShapes|trackShapes)$/ },
  { room: /^index\.ts$/, may: /^\.\/(DuplicatesPanel|host\/register)$/ },
  { room: /^[^/]+$/, may: /^(\.\/(?!index)|react$|@mui\/material$)/ },
];

function wrongImports(path: string, source: string): string[] {
  const rule = ALLOWED.find(({ room }) => room.test(path));
  return [...source.matchAll(/^import (type )?[^;]*?from "([^"]+)";/gm)]
    .filter(([, typeOnly, from = ""]) => (typeOnly ? /^(@fiftyone|recoil)/.test(from) && !path.startsWith("host/") : !rule?.may.test(from)))
    .map(([, , from]) => `${path} imports ${from}`);
}

describe("imports", () => {
  it("point one way: components know no host, state knows no React, only host/ knows the App", () => {
    expect(files.length).toBeGreaterThan(30);
    expect(files.flatMap(({ path, source }) => wrongImports(path, source))).toEqual([]);
  });

  it.each([
    ["state/x.ts", 'import * as React from "react";'],
    ["components/X.tsx", 'import { useWidth } from "../host/useWidth";'],
    ["components/X.tsx", 'import type { Field } from "@fiftyone/state";'],
    ["useX.ts", 'import { useRecoilValue } from "recoil";'],
    ["components/X.tsx", 'import Button from "@mui/material/Button";'],
  ])("that point another way are noticed: %s, %s", (path, source) => expect(wrongImports(path, source)).toHaveLength(1));

  it("of the window are in host/ alone", () => {
    const others = files.filter(({ path, source }) => !path.startsWith("host/") && /\bwindow\.|\bdocument\./.test(source));
    expect(others.map(({ path }) => path)).toEqual([]);
  });
});

describe("files", () => {
  it("are short: 200 lines, a component 150, the entry 15", () => {
    const limit = (path: string) => (path === "index.ts" ? 15 : path.endsWith(".tsx") ? 150 : 200);
    const long = files.filter(({ path, source }) => source.split("\n").length - 1 > limit(path));
    expect(long.map(({ path }) => path)).toEqual([]);
  });
});
