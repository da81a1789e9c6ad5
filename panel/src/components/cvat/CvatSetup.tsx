import { Box } from "@mui/material";
import * as React from "react";

const NAMES = ["FIFTYONE_CVAT_URL", "FIFTYONE_CVAT_USERNAME", "FIFTYONE_CVAT_PASSWORD"];

/** Instructions for configuring the server and the account: in the settings, never in a form. */
export function CvatSetup({ problem }: { problem: string | null }) {
  return (
    <Box data-cy="cvat-setup">
      <Box sx={{ fontWeight: 600 }}>{problem === null ? "No CVAT server is configured." : "CVAT is not configured."}</Box>
      {problem !== null && <Box sx={{ overflowWrap: "anywhere" }}>{problem}</Box>}
      <Box sx={{ mt: 0.5 }}>Set these environment variables for the process that serves the App, or edit FiftyOne’s annotation config. Then restart the App:</Box>
      <Box component="ul" sx={{ my: 0.5, pl: 2.5 }}>
        {NAMES.map((name) => (
          <li key={name}>
            <Box component="code" sx={{ userSelect: "all", overflowWrap: "anywhere" }}>
              {name}
            </Box>
          </li>
        ))}
      </Box>
      <Box sx={{ color: "text.secondary" }}>The user name and password are read from there each time and are not stored anywhere else.</Box>
    </Box>
  );
}
