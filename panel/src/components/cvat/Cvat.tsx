import { Box } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { Upload } from "../../actions/useUpload";
import type { CvatTrip, Field } from "../../protocol/messages";
import { EMPTY_FORM, type SendFormValues } from "../../state/sendForm";
import { ErrorBox } from "../widgets/ErrorBox";
import { RunProgress } from "../widgets/RunProgress";
import { CvatDiscardDialog } from "./CvatDiscardDialog";
import { CvatLoadDialog } from "./CvatLoadDialog";
import { CvatMenu } from "./CvatMenu";
import { CvatMoveDialog } from "./CvatMoveDialog";
import { CvatSendDialog } from "./CvatSendDialog";

interface Props {
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
  readonly busy: boolean;
  readonly readOnly: boolean;
  /** The reason why labels cannot be sent; `null` if they can. */
  readonly whyNotSend: string | null;
  readonly fields: readonly Field[];
  readonly threshold: string;
  readonly tag: string;
  readonly tagged: number;
  /** The number of labels that would be removed; `null` if unknown. */
  readonly planned: number | null;
  readonly upload: Upload;
  readonly actions: Actions;
}

type Asking = { readonly what: "send" } | { readonly what: "load" | "discard" | "move"; readonly trip: CvatTrip };

/** The menu of round trips, and the dialogs that it opens. */
export function Cvat({ open, onOpen, busy, readOnly, whyNotSend, fields, threshold, tag, tagged, planned, upload, actions }: Props) {
  const [asking, setAsking] = React.useState<Asking | null>(null);
  const [form, setForm] = React.useState<SendFormValues>(EMPTY_FORM);
  const change = (part: Partial<SendFormValues>) => setForm((old) => ({ ...old, ...part }));
  const button = React.useRef<HTMLButtonElement>(null);
  const active = open || asking !== null;
  const before = React.useRef(active);
  // the menu that opened a dialog is already closed, so its button gets the focus back
  React.useEffect(() => {
    if (before.current && !active) button.current?.focus();
    before.current = active;
  }, [active]);
  const close = () => setAsking(null);
  function ask(next: Asking) {
    onOpen(false);
    setAsking(next);
  }
  function send() {
    change({ attributes: [], source: planned !== 0 ? "plan" : tagged > 0 ? "tag" : "selected" });
    ask({ what: "send" });
  }
  function show(sampleId: string, labelId: string) {
    close();
    void actions.showGroup(sampleId, [labelId]);
  }
  /** Reports what became of a trip, and returns to the list. */
  function done(message: string) {
    close();
    actions.say(message);
    onOpen(true);
  }

  return (
    <>
      <CvatMenu
        button={button}
        open={open}
        disabled={busy}
        sendable={planned === 0 ? null : planned}
        whyNotSend={whyNotSend}
        list={actions.listTrips}
        onFollow={upload.follow}
        onOpen={onOpen}
        onSend={send}
        onLoad={(trip) => ask({ what: "load", trip })}
        onDiscard={(trip) => ask({ what: "discard", trip })}
        onMove={(trip) => ask({ what: "move", trip })}
      />
      {asking?.what === "send" && (
        <CvatSendDialog form={form} onChange={change} threshold={threshold} tag={tag} tagged={tagged} planned={planned} actions={actions} start={upload.start} onClose={close} />
      )}
      {asking?.what === "load" && (
        <CvatLoadDialog
          trip={asking.trip}
          writable={!readOnly && (fields.find(({ name }) => name === asking.trip.label_field)?.writable ?? true)}
          preview={actions.previewLoad}
          load={actions.loadEdits}
          cancel={actions.cancelLoad}
          waitsFor={actions.loadWaits}
          onShow={show}
          onShowSkipped={(labels) => {
            close();
            void actions.showSkipped(asking.trip.trip_id, labels);
          }}
          onClose={close}
        />
      )}
      {asking?.what === "discard" && <CvatDiscardDialog trip={asking.trip} discard={actions.discardTrip} onDone={done} onClose={close} />}
      {asking?.what === "move" && <CvatMoveDialog trip={asking.trip} move={actions.moveTrip} onDone={done} onClose={close} />}
    </>
  );
}

const WORDS = { doing: "Sending to CVAT", noun: "upload", cancelled: "The upload was canceled. No label was changed." };

/** The progress of an upload, which continues while the rest of the panel is used. */
export function CvatUpload({ upload: { run, failure, cancel, dismiss } }: { upload: Upload }) {
  if (run === null && failure === null) return null;
  return (
    <Box data-cy="cvat-uploading" sx={{ mt: 1 }}>
      {failure !== null && <ErrorBox failure={failure} onDismiss={dismiss} />}
      {failure === null && run !== null && <RunProgress run={run} words={WORDS} onCancel={cancel} onDismiss={dismiss} />}
    </Box>
  );
}
