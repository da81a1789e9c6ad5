import { Box } from "@mui/material";
import * as React from "react";
import { Copies } from "../widgets/icons";

interface Props {
  readonly title: string;
  readonly children: React.ReactNode;
  readonly cy: string;
}

export function EmptyState({ title, children, cy }: Props) {
  return (
    <Box data-cy={cy} sx={{ py: 4, px: 2, textAlign: "center", color: "text.secondary", fontSize: 14, lineHeight: 1.6 }}>
      <Copies sx={{ fontSize: 40, opacity: 0.6 }} />
      <Box component="h3" sx={{ m: 0, mt: 1, fontSize: 16, fontWeight: 600, color: "text.primary" }}>
        {title}
      </Box>
      <Box sx={{ maxWidth: 440, mx: "auto", mt: 0.5, textWrap: "pretty" }}>{children}</Box>
    </Box>
  );
}
