import { Box, Button, TextField } from "@mui/material";
import * as React from "react";
import { type SendDraft, type SizeName, sizeFault } from "../../words/cvat";
import { ChevronDown } from "../widgets/icons";
import { FORM_FIELD } from "../widgets/theme";

interface Props {
  readonly draft: SendDraft;
  /** How many images a task has by default. */
  readonly taskSize: number;
  readonly onChange: (change: Partial<SendDraft>) => void;
}

interface Option {
  readonly name: Exclude<keyof SendDraft, "source" | "scope" | "url" | "attributes">;
  readonly label: string;
  readonly placeholder: string;
}

/** How tasks are made; all of it can be left as it is. */
export function CvatSendOptions({ draft, taskSize, onChange }: Props) {
  const [open, setOpen] = React.useState(false);
  const options: readonly Option[] = [
    { name: "taskSize", label: "Images in a task", placeholder: String(taskSize) },
    { name: "segmentSize", label: "Images in a job", placeholder: "all of its task" },
    { name: "imageQuality", label: "Image quality, %", placeholder: "75" },
    { name: "projectName", label: "Project", placeholder: "none" },
    { name: "taskAssignee", label: "Assignee of the tasks", placeholder: "nobody" },
    { name: "jobAssignees", label: "Assignees of the jobs", placeholder: "ann, bob" },
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
        Tasks, jobs and people
      </Button>
      {open && (
        <Box sx={{ display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(128px, 1fr))", gap: 1.5, pt: 1.5, pb: 0.5 }}>
          {options.map(({ name, label, placeholder }) => {
            const fault = isSize(name) ? sizeFault(name, draft[name]) : null;
            return (
              <TextField
                key={name}
                size="small"
                label={label}
                value={draft[name]}
                placeholder={placeholder}
                error={fault !== null}
                helperText={fault}
                onChange={(event) => onChange({ [name]: event.target.value })}
                InputLabelProps={{ shrink: true }}
                inputProps={{ "data-cy": `cvat-${name}`, inputMode: isSize(name) ? "numeric" : "text", autoComplete: "off", maxLength: 200 }}
                sx={FORM_FIELD}
              />
            );
          })}
        </Box>
      )}
    </Box>
  );
}

function isSize(name: Option["name"]): name is SizeName {
  return name === "taskSize" || name === "segmentSize" || name === "imageQuality";
}
