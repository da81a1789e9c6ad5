import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// jsdom has no layout, so every element gets the panel's default width.
Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, get: () => 600 });
vi.stubGlobal(
  "ResizeObserver",
  class {
    observe() {}
    disconnect() {}
  },
);

vi.stubGlobal("PointerEvent", window.PointerEvent ?? class extends MouseEvent {});

// a busy machine needs longer than the default of one second
configure({ asyncUtilTimeout: 10_000 });

afterEach(cleanup);
