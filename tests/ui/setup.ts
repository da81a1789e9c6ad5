import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// jsdom lays nothing out: every element is as wide as the panel is by default.
Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, get: () => 600 });
vi.stubGlobal(
  "ResizeObserver",
  class {
    observe() {}
    disconnect() {}
  },
);

vi.stubGlobal("PointerEvent", window.PointerEvent ?? class extends MouseEvent {});

// a busy machine needs longer than the second that is usual
configure({ asyncUtilTimeout: 10_000 });

afterEach(cleanup);
