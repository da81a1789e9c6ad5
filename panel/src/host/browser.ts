/** Values that the browser keeps. A browser may forbid that; then they last as long as the page. */
import type { Host } from "./host";

const PREFIX = "duplicate-objects:";
const ofPage = new Map<string, string>();

export const browser: Host["browser"] = {
  read(key) {
    try {
      return window.localStorage.getItem(PREFIX + key) ?? ofPage.get(key) ?? null;
    } catch {
      return ofPage.get(key) ?? null;
    }
  },
  write(key, value) {
    ofPage.set(key, value);
    try {
      window.localStorage.setItem(PREFIX + key, value);
    } catch {
      // the value of the page is read
    }
  },
};
