/** The keys of Review, and the focus without which they do nothing. */
import * as React from "react";
import { type Command, DRAW_COMMANDS, MOVES, VERDICTS } from "../../words/review/verdicts";

type KeyEvent = Pick<React.KeyboardEvent<HTMLElement>, "key" | "code" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey" | "target" | "currentTarget" | "nativeEvent">;

const COMMANDS: ReadonlyMap<string, Command["id"]> = new Map([...VERDICTS, ...MOVES, ...DRAW_COMMANDS].map(({ key, id }) => [key.toLowerCase(), id]));
const TYPES = new Set(["checkbox", "radio", "button"]);

/** Whether a key is meant for Review: not with Ctrl, Meta or Alt, not in a dialog, and, apart from Escape, not in a text field or select. */
export function isForReview({ key, ctrlKey, metaKey, altKey, target, currentTarget, nativeEvent }: KeyEvent): boolean {
  if (ctrlKey || metaKey || altKey || nativeEvent.isComposing) return false;
  const element = target as HTMLElement;
  // dialogs are children in React, but not in the page
  if (!currentTarget.contains(element)) return false;
  if (key === "Escape") return true;
  const input = element.closest("input, textarea, select, [contenteditable], [role=combobox]");
  return input === null || (input instanceof HTMLInputElement && TYPES.has(input.type));
}

export function commandOf({ key, shiftKey }: KeyEvent): Command["id"] | null {
  if (shiftKey && key !== "?") return null;
  if (key === "ArrowRight") return "next";
  if (key === "ArrowLeft") return "previous";
  if (key === "Escape") return "back";
  return COMMANDS.get(key.toLowerCase()) ?? null;
}

/** The place of a label that a digit names, from 0; with Shift, the key of a digit is another character. */
export function digitOf({ key, code, shiftKey }: KeyEvent): number | null {
  const digit = shiftKey ? /^Digit([1-9])$/.exec(code)?.[1] : /^[1-9]$/.exec(key)?.[0];
  return digit === undefined ? null : Number(digit) - 1;
}

/**
 * Focuses Review again when the element in it that has the focus is removed or disabled, also after a dialog that it opened.
 * Returns the handlers of the element of Review. A user who left Review keeps the focus elsewhere.
 */
export function useKeptFocus(room: React.RefObject<HTMLElement>, focus: () => void) {
  const isInside = React.useRef(false);
  React.useLayoutEffect(() => {
    const page = room.current?.ownerDocument;
    const focused = page?.activeElement ?? null;
    const isLost = focused === null || focused === page?.body || (room.current?.contains(focused) && focused.matches(":disabled"));
    if (isInside.current && isLost) focus();
  });
  return React.useMemo(
    () => ({
      onFocus: () => void (isInside.current = true),
      onBlur: ({ target, relatedTarget }: React.FocusEvent<HTMLElement>) => {
        // no click elsewhere, but an element that is gone, or a dialog
        const isLost = !target.isConnected || target.matches(":disabled") || relatedTarget?.closest("[role=dialog], [role=presentation]");
        isInside.current = Boolean(isLost);
      },
    }),
    [],
  );
}
