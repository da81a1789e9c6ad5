import { Box } from "@mui/material";
import * as React from "react";

const NAMES = ["FIFTYONE_CVAT_URL", "FIFTYONE_CVAT_USERNAME", "FIFTYONE_CVAT_PASSWORD"];

/** How to say where the server is and who logs in: in the settings, never in a form. */
export function CvatSetup({ problem }: { problem: string | null }) {
  return (
    <Box data-cy="cvat-setup">
      <Box sx={{ fontWeight: 600 }}>{problem === null ? "No CVAT server is configured." : "CVAT is not configured."}</Box>
      {problem !== null && <Box sx={{ overflowWrap: "anywhere" }}>{problem}</Box>}
      <Box sx={{ mt: 0.5 }}>Set these for the process that serves the App, or FiftyOne’s annotation config; then start the App again:</Box>
      <Box component="ul" sx={{ my: 0.5, pl: 2.5 }}>
        {NAMES.map((name) => (
          <li key={name}>
            <Box component="code" sx={{ userSelect: "all", overflowWrap: "anywhere" }}>
              {name}
            </Box>
          </li>
        ))}
      </Box>
      <Box sx={{ color: "text.secondary" }}>User and password are read from there each time, and stored nowhere else.</Box>
    </Box>
  );
}
