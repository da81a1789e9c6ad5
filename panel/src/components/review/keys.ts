/** The keys of Review. */
import type * as React from "react";
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
