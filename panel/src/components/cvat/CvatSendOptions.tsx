import { Box, Button, TextField } from "@mui/material";
import * as React from "react";
import type { SendFormValues, SizeName } from "../../state/sendForm";
import { sizeFault } from "../../words/cvat/trips";
import { ChevronDown } from "../widgets/icons";
import { FORM_FIELD } from "../widgets/theme";

interface Props {
  readonly form: SendFormValues;
  /** The default number of images in a task. */
  readonly taskSize: number;
  readonly onChange: (change: Partial<SendFormValues>) => void;
}

interface Option {
  readonly name: Exclude<keyof SendFormValues, "source" | "scope" | "url" | "attributes">;
  readonly label: string;
  readonly placeholder: string;
}

/** Optional settings for tasks and jobs. */
export function CvatSendOptions({ form, taskSize, onChange }: Props) {
  const [open, setOpen] = React.useState(false);
  const options: readonly Option[] = [
    { name: "taskSize", label: "Images per task", placeholder: String(taskSize) },
    { name: "segmentSize", label: "Images per job", placeholder: "all in the task" },
    { name: "imageQuality", label: "Image quality, %", placeholder: "75" },
    { name: "projectName", label: "Project", placeholder: "none" },
    { name: "taskAssignee", label: "Task assignee", placeholder: "none" },
    { name: "jobAssignees", label: "Job assignees", placeholder: "ann, bob" },
  ];
  return (
    <Box>
      <Button
        size="small"
        color="secondary"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        endIcon={<ChevronDown sx={{ transform: open ? "rotate(180deg)" : undefined }} />}
        data-cy="cvat-options"
        sx={{ px: 0.5, py: 0, minWidth: 0, textTransform: "none" }}
      >
        Tasks, jobs and assignees
      </Button>
      {open && (
        <Box sx={{ display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(128px, 1fr))", gap: 1.5, pt: 1.5, pb: 0.5 }}>
          {options.map(({ name, label, placeholder }) => {
            const fault = isSizeName(name) ? sizeFault(name, form[name]) : null;
            return (
              <TextField
                key={name}
                size="small"
                label={label}
                value={form[name]}
                placeholder={placeholder}
                error={fault !== null}
                helperText={fault}
                onChange={(event) => onChange({ [name]: event.target.value })}
                InputLabelProps={{ shrink: true }}
                inputProps={{ "data-cy": `cvat-${name}`, inputMode: isSizeName(name) ? "numeric" : "text", autoComplete: "off", maxLength: 200 }}
                sx={FORM_FIELD}
              />
            );
          })}
        </Box>
      )}
    </Box>
  );
}

function isSizeName(name: Option["name"]): name is SizeName {
  return name === "taskSize" || name === "segmentSize" || name === "imageQuality";
}
