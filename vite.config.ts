import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// The App puts these on the global object; a second copy of any of them breaks its hooks.
const APP_GLOBALS = {
  react: "React",
  recoil: "recoil",
  "@mui/material": "__mui__",
  "@fiftyone/operators": "__foo__",
  "@fiftyone/plugins": "__fop__",
  "@fiftyone/spaces": "__fosp__",
  "@fiftyone/state": "__fos__",
};

const ELEMENT = fileURLToPath(new URL("panel/src/host/element.ts", import.meta.url));

export default defineConfig(({ command }) => ({
  define: command === "build" ? { "process.env.NODE_ENV": '"production"' } : {},
  oxc: command === "build" ? { jsx: { runtime: "classic", pragma: "createElement" } } : {},
  build: {
    outDir: "panel/dist",
    target: "es2022",
    lib: {
      entry: "panel/src/index.ts",
      name: "IouDuplicatesPanel",
      formats: ["umd"],
      fileName: () => "index.umd.js",
    },
    rolldownOptions: {
      external: Object.keys(APP_GLOBALS),
      // a thousand calls of a short name of the bundle's own, which its minifier cannot make of a global's member
      transform: { inject: { createElement: [ELEMENT, "createElement"] } },
      output: { globals: APP_GLOBALS },
    },
  },
  test: {
    include: ["tests/ui/**/*.test.{ts,tsx}"],
    environment: "jsdom",
    setupFiles: ["tests/ui/setup.ts"],
    maxWorkers: 2,
    testTimeout: 20_000,
  },
}));
