/** The panel on a separate page: ?mode=dark|light&state=... ; see states.ts. */
import { Experimental_CssVarsProvider as CssVarsProvider } from "@mui/material";
import * as React from "react";
import { createRoot } from "react-dom/client";
import { DuplicatesPanel } from "../../../panel/src/DuplicatesPanel";
import { APP_THEME } from "../appTheme";
import { hostOf } from "./states";

const query = new URLSearchParams(window.location.search);
const host = hostOf(query.get("state") ?? "scan");
Object.assign(window, { host });

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no #root");
document.documentElement.setAttribute("data-mui-color-scheme", query.get("mode") ?? "dark");
createRoot(root).render(
  <CssVarsProvider theme={APP_THEME} defaultMode={query.get("mode") === "light" ? "light" : "dark"} modeStorageKey={`mode-${query.get("mode")}`}>
    <DuplicatesPanel host={host} />
  </CssVarsProvider>,
);
