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

// jsdom cannot read a file as text
Blob.prototype.text ??= function (this: Blob) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.readAsText(this);
  });
};

// jsdom compares every rule of every style sheet with an element, which took a fifth of the
// tests' time. What a sheet does is seen in a browser only (tests/app).
window.getComputedStyle = (element) => (element as HTMLElement).style;

vi.stubGlobal("PointerEvent", window.PointerEvent ?? class extends MouseEvent {});

// a busy machine needs longer than the default of one second
configure({ asyncUtilTimeout: 10_000 });

afterEach(cleanup);
