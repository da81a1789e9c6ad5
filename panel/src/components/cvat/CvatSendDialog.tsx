import { Box, Button, Dialog, DialogActions, DialogContent, DialogTitle, Skeleton } from "@mui/material";
import * as React from "react";
import type { CvatActions } from "../../actions/cvat";
import type { Upload } from "../../actions/useUpload";
import type { Failure } from "../../protocol/messages";
import { hasValidSizes, optionsOf, type Selected, selectedOf, type SendFormValues } from "../../state/sendForm";
import { sizeFault } from "../../words/cvat/trips";
import { counted, grouped } from "../../words/format";
import { ErrorBox } from "../widgets/ErrorBox";
import { Reason } from "../widgets/Reason";
import { NARROW, ON_PRIMARY } from "../widgets/theme";
import { useAnswer } from "../../actions/model/useAnswer";
import { CvatAttributes } from "./CvatAttributes";
import { type Choice, Choices, ServerField } from "./CvatChoices";
import { CvatSendOptions } from "./CvatSendOptions";
import { CvatSetup } from "./CvatSetup";
import { CvatUploadPreview } from "./CvatUploadPreview";

interface Props {
  readonly form: SendFormValues;
  readonly onChange: (change: Partial<SendFormValues>) => void;
  readonly threshold: string;
  readonly tag: string;
  readonly tagged: number;
  /** The number of labels that would be removed; `null` if unknown. */
  readonly planned: number | null;
  readonly actions: CvatActions;
  readonly start: Upload["start"];
  readonly onClose: () => void;
}

/** A preview reads labels and files, so it waits for a pause in typing. */
const SETTLE_MS = 400;

/** Shows what would be uploaded, and to which server, before anything is sent. Focus is on Cancel. */
export function CvatSendDialog({ form, onChange, threshold, tag, tagged, planned, actions, start, onClose }: Props) {
  const status = useAnswer("status", actions.cvatStatus);
  const [refusal, setRefusal] = React.useState<Failure | null>(null);
  const [sending, setSending] = React.useState(false);
  const titleId = React.useId();

  const known = status.answer;
  const needsUrl = known?.needs_url ?? false;
  const canSend = known !== null && (known.configured || needsUrl);
  const selected = selectedOf(form, tag, needsUrl);
  const lacksUrl = needsUrl && selected.url === null;
  const ready = canSend && !lacksUrl && sizeFault("taskSize", form.taskSize) === null;
  const upload = useAnswer(ready ? JSON.stringify(selected) : null, () => actions.previewUpload(selected), SETTLE_MS);
  const preview = upload.answer;

  const uncounted = lacksUrl ? "Enter the address of your CVAT server." : "The labels are not counted yet.";
  const why = !hasValidSizes(form) ? "Correct the marked sizes." : preview === null ? uncounted : sending ? "The labels are being sent." : null;

  async function send() {
    if (preview === null) return;
    setSending(true);
    setRefusal(null);
    const failure = await start(selected, optionsOf(form), preview.labels);
    setSending(false);
    if (failure === null) onClose();
    else setRefusal(failure);
  }

  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="xs" fullWidth data-cy="cvat-send-dialog" PaperProps={NARROW}>
      <DialogTitle id={titleId} sx={{ pb: 1, fontSize: 17 }}>
        Send labels to CVAT
      </DialogTitle>
      <DialogContent sx={{ fontSize: 14, lineHeight: 1.6, fontVariantNumeric: "tabular-nums" }}>
        {status.failure !== null && <ErrorBox failure={status.failure} onRetry={status.again} />}
        {known === null && status.failure === null && <Skeleton variant="rectangular" height={180} sx={{ borderRadius: 1 }} />}
        {known !== null && !known.configured && <CvatSetup problem={known.problem} />}
        {canSend && (
          <>
            {needsUrl && <ServerField label="Address of your CVAT server" note={USED_ONCE} url={form.url} onChange={(url) => onChange({ url })} />}
            <Choices label="Which labels" value={form.source} cy="cvat-source" onChange={(source) => onChange({ source })} choices={sourceChoices(planned, threshold, tag, tagged)} />
            <Choices label="Also send" value={form.scope} cy="cvat-scope" onChange={(scope) => onChange({ scope })} choices={SCOPES} />
            <CvatUploadPreview preview={preview} failure={upload.failure} waits={ready ? null : "Nothing has been counted yet."} onRetry={upload.again} />
            <CvatAttributes offered={preview?.offered ?? null} chosen={form.attributes} onChange={(attributes) => onChange({ attributes })} />
            <CvatSendOptions form={form} taskSize={known.task_size} onChange={onChange} />
            <Box sx={{ mt: 1, color: "text.secondary" }}>The images are uploaded, with the shapes and classes of the labels. {form.attributes.length === 0 ? "Attributes" : "Other attributes"} are not sent, and no label is changed.</Box>
            {refusal !== null && <ErrorBox failure={refusal} />}
          </>
        )}
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2 }}>
        <Button autoFocus color="secondary" onClick={onClose} data-cy="cvat-send-cancel" sx={{ textTransform: "none" }}>
          {known !== null && !canSend ? "Close" : "Cancel"}
        </Button>
        {(known === null || canSend) && (
          <Reason why={why}>
            <Button variant="contained" disableElevation disabled={why !== null} onClick={() => void send()} data-cy="cvat-send-now" sx={{ ...ON_PRIMARY, textTransform: "none" }}>
              {sending ? "Sending…" : preview === null ? "Send" : `Send ${counted(preview.labels, "label")}`}
            </Button>
          </Reason>
        )}
      </DialogActions>
    </Dialog>
  );
}

const USED_ONCE = "Used only this time. The user name and password come from the settings; the public cloud is used only if you type its address.";

const SCOPES: readonly Choice<Selected["scope"]>[] = [
  { value: "samples", label: "All other labels in their images" },
  { value: "labels", label: "Only labels that they overlap" },
];

function sourceChoices(planned: number | null, threshold: string, tag: string, tagged: number): Choice<Selected["source"]>[] {
  return [
    { value: "plan", label: `Labels above ${threshold}${planned === null ? "" : ` (${grouped(planned)})`}`, disabled: planned === 0 },
    { value: "tag", label: `Labels tagged “${tag}” (${grouped(tagged)})`, disabled: tagged === 0 },
    { value: "selected", label: "Labels selected in the App" },
  ];
}
