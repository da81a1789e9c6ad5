// The panel in the real App, end to end, in one browser. Each test starts where the one before it ended.
import { testThatNoScriptFailed, useApp } from "./app.mjs";

const PARTS = ["scanning", "tagging", "ownView", "scans", "deleting", "deciding", "groups", "journal", "outOfDate", "trips", "report", "background", "lost"];

useApp();
// a module that is imported adds its tests behind those before it
for (const part of PARTS) await import(`./panel/${part}.mjs`);
testThatNoScriptFailed();
