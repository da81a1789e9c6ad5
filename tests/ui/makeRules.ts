/** The keep rules that the server sends, from the example of its reply. */
import type { KeepRule } from "../../panel/src/protocol/messages";
import example from "../messages/open_panel.json";

export const KEEP_RULES: readonly KeepRule[] = example.reply.keep_rules;
