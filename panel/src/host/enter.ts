/** Enter in the panel. The App has shortcuts for it, which would keep it from pressing the button that has the focus. */
import type * as React from "react";

type KeyEvent = React.KeyboardEvent<HTMLElement>;

/** Events that the App prevented before the panel saw them. */
const taken = new WeakSet<Event>();

/** For the root of the panel; its menus and dialogs are included. */
export const ENTER = {
  onKeyDownCapture({ key, defaultPrevented, nativeEvent }: KeyEvent): void {
    if (key === "Enter" && defaultPrevented) taken.add(nativeEvent);
  },
  onKeyDown(event: KeyEvent): void {
    const { key, ctrlKey, metaKey, altKey, repeat, target, nativeEvent } = event;
    if (key !== "Enter" || ctrlKey || metaKey || altKey) return;
    // the App's shortcuts listen further out
    event.stopPropagation();
    if (taken.has(nativeEvent) && !repeat && target instanceof HTMLElement && target.matches("button, a[href]")) target.click();
  },
};
