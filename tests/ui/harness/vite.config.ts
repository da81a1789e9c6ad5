import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  define: { "process.env.NODE_ENV": '"production"' },
  build: { outDir: "../../../out/harness", emptyOutDir: true, modulePreload: false },
});
