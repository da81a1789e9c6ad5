// What a walk may click, and how often; each action is one function of a file in actions/.
import * as cut from "./actions/cut.mjs";
import * as files from "./actions/files.mjs";
import * as labels from "./actions/labels.mjs";
import * as review from "./actions/review.mjs";
import * as scans from "./actions/scans.mjs";
import * as views from "./actions/views.mjs";

const WEIGHTS = { threshold: 6, method: 3, metric: 2, keep: 1, sameClass: 2, classes: 3, classPairs: 2, undoRule: 2, tabs: 2, draft: 2, scans: 1, rescan: 2, tag: 4, untag: 2, show: 3, patches: 1, back: 5, remove: 4, undo: 5, restore: 3, review: 4, exportPlan: 1, cvat: 1, reload: 1 };

export const actions = { ...cut, ...scans, ...labels, ...views, ...review, ...files };
/** The name of each action, as many times as its weight. */
export const NAMES = Object.entries(WEIGHTS).flatMap(([name, weight]) => Array(weight).fill(name));
