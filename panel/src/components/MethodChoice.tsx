import { styled } from "@mui/material";
import * as React from "react";
import { grouped } from "../state/format";
import type { Method } from "../types";
import { Segments } from "./Segments";

interface Props {
  readonly method: Method;
  /** How many labels would go with each method; `null` when that is not known. */
  readonly labels: Readonly<Record<Method, number | null>>;
  readonly onChange: (method: Method) => void;
}

const EXPLAINED: Readonly<Record<Method, string>> = {
  simple: "Of two labels that overlap too much, the later one goes.",
  greedy: "The label with the most overlaps goes first, until none overlap too much. Often fewer labels go.",
};

const Line = styled("div")(({ theme: { palette } }) => ({
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  gap: "4px 12px",
  fontSize: 13,
  "& .iou-count": { display: "inline-block", minWidth: "4ch", marginLeft: 6, color: palette.text.secondary },
  "& .iou-difference": { color: palette.text.secondary },
}));

export function MethodChoice({ method, labels, onChange }: Props) {
  return (
    <Line>
      Method
      <Segments
        label="Method"
        value={method}
        options={(["simple", "greedy"] as const).map((name) => ({
          value: name,
          title: EXPLAINED[name],
          content: (
            <>
              {name}
              <span className="iou-count">{labels[name] === null ? "" : grouped(labels[name])}</span>
            </>
          ),
        }))}
        onChange={onChange}
        cy="method"
      />
      <span className="iou-difference" data-cy="method-difference">
        {difference(labels)}
      </span>
    </Line>
  );
}

function difference({ simple, greedy }: Props["labels"]): string {
  if (simple === null || greedy === null) return "";
  if (simple === greedy) return "same number";
  return greedy < simple ? `greedy takes ${grouped(simple - greedy)} fewer` : `greedy takes ${grouped(greedy - simple)} more`;
}
