import { Popover, TextField } from "@mui/material";
import * as React from "react";
import type { KeepRule } from "../../protocol/messages";
import { keepLabel } from "../../words/decision";
import { ChevronDown } from "../widgets/icons";
import { ELLIPSIS, ground } from "../widgets/theme";
import { KeepRules } from "./KeepRules";

interface Props {
  readonly keep: readonly string[];
  readonly known: readonly KeepRule[];
  readonly disabled: boolean;
  readonly onChange: (keep: readonly string[]) => void;
}

/** The keep rules in one line; a click opens them for editing. */
export const KeepMenu = React.memo(function KeepMenu({ keep, known, disabled, onChange }: Props) {
  const [anchor, setAnchor] = React.useState<HTMLElement | null>(null);
  const label = keepLabel(keep, known);
  const close = () => setAnchor(null);
  return (
    <>
      <TextField
        fullWidth
        size="small"
        label="Keep"
        value={label}
        disabled={disabled}
        InputLabelProps={{ shrink: true }}
        InputProps={{ inputComponent: KeepButton as never, endAdornment: <ChevronDown sx={{ flex: "none", pointerEvents: "none" }} /> }}
        inputProps={{
          "aria-haspopup": "dialog",
          "aria-expanded": anchor !== null,
          "data-cy": "keep",
          title: label,
          onClick: (event: React.MouseEvent<HTMLElement>) => setAnchor(event.currentTarget),
        }}
        sx={{
          height: "100%",
          "& .MuiInputBase-root": { pr: "9px", height: "100%" },
          "& .MuiInputBase-input": { fontSize: 13, py: "7px", height: "auto", lineHeight: "1.4375em", textAlign: "left", cursor: "pointer", background: "none", ...ELLIPSIS },
          "& .MuiInputLabel-root, & .MuiInputLabel-root.Mui-focused": { color: "text.secondary" },
        }}
      />
      <Popover
        open={anchor !== null}
        anchorEl={anchor}
        onClose={close}
        anchorOrigin={{ vertical: "bottom", horizontal: "left" }}
        PaperProps={{ sx: ground }}
      >
        <KeepRules
          keep={keep}
          known={known}
          onCancel={close}
          onApply={(rules) => {
            close();
            onChange(rules);
          }}
        />
      </Popover>
    </>
  );
});

interface ButtonProps extends React.ButtonHTMLAttributes<HTMLButtonElement> {
  readonly value: string;
}

/** A button that looks like the field around it. */
const KeepButton = React.forwardRef<HTMLButtonElement, ButtonProps>(function KeepButton({ value, onFocus, onBlur, disabled, ...rest }, ref) {
  const own = Object.fromEntries(Object.entries(rest).filter(([name]) => /^(aria-|data-|on|title$|className$|id$)/.test(name)));
  return (
    <button type="button" ref={ref} disabled={disabled} onFocus={onFocus} onBlur={onBlur} {...own} style={{ color: "inherit", border: 0 }}>
      {value}
    </button>
  );
});
