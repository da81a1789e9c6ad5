import { Box, Skeleton } from "@mui/material";
import * as React from "react";
import type { AnswerOf, Failure } from "../../protocol/messages";
import { leftTexts } from "../../words/cvat/trips";
import { counted, grouped } from "../../words/format";
import { ErrorBox } from "../widgets/ErrorBox";

type Preview = AnswerOf<"cvat_preview_upload">;

interface Props {
  readonly preview: Preview | null;
  readonly failure: Failure | null;
  /** The reason why nothing has been counted yet; `null` otherwise. */
  readonly waits: string | null;
  readonly onRetry: () => void;
}

/** The labels that would be sent, and the server, before anything is sent. */
export function CvatUploadPreview({ preview, failure, waits, onRetry }: Props) {
  return (
    <Box sx={{ my: 1, minHeight: waits === null ? 96 : 0 }} role="region" aria-label="What would be uploaded" aria-live="polite">
      {failure !== null && <ErrorBox failure={failure} onRetry={onRetry} />}
      {failure === null && preview === null && waits !== null && <Box sx={{ color: "text.secondary" }}>{waits}</Box>}
      {failure === null && preview === null && waits === null && <Skeleton variant="rectangular" height={96} sx={{ borderRadius: 1 }} />}
      {failure === null && preview !== null && <Details preview={preview} />}
    </Box>
  );
}

function Details({ preview }: { preview: Preview }) {
  const { host, encrypted, images, megabytes, labels, flagged, tasks, attributes } = preview;
  const left = leftTexts(preview);
  const rows: [string, string][] = [
    ["To", host],
    ["Images", `${grouped(images)}, ${sizeText(megabytes)}`],
    ["Labels", `${grouped(labels)}, ${grouped(flagged)} of them flagged`],
    ["As", counted(tasks, "task")],
  ];
  if (attributes.length > 0) rows.push(["With", attributes.join(", ")]);
  return (
    <Box data-cy="cvat-upload" sx={{ border: 1, borderColor: "divider", borderRadius: 1, px: 1.5, py: 0.5 }}>
      <Box component="dl" sx={{ m: 0, display: "grid", gridTemplateColumns: "auto 1fr", columnGap: 2 }}>
        {rows.map(([name, value]) => (
          <React.Fragment key={name}>
            <Box component="dt" sx={{ color: "text.secondary" }}>
              {name}
            </Box>
            <Box component="dd" sx={{ m: 0, fontWeight: 600, overflowWrap: "anywhere" }}>
              {value}
            </Box>
          </React.Fragment>
        ))}
      </Box>
      {left.length > 0 && (
        <Box component="ul" aria-label="Not sent" data-cy="cvat-left" sx={{ m: 0, mt: 0.5, p: 0, pl: 1, listStyle: "none", borderLeft: "4px solid #e0b000", overflowWrap: "anywhere" }}>
          {left.map((part) => (
            <li key={part}>{part}.</li>
          ))}
        </Box>
      )}
      {!encrypted && (
        <Box data-cy="cvat-plain" sx={{ mt: 0.5, pl: 1, borderLeft: "4px solid #e0b000" }}>
          The connection is not encrypted (http).
        </Box>
      )}
    </Box>
  );
}

function sizeText(megabytes: number): string {
  return megabytes < 0.1 ? "less than 0.1 MB" : `${megabytes < 10 ? megabytes.toFixed(1) : grouped(Math.round(megabytes))} MB`;
}
