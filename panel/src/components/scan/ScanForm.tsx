import { Box, Checkbox, FormControlLabel } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { Field, Target } from "../../protocol/messages";
import type { Form } from "../../state/current";
import { opponents, sigmaChoices } from "../../state/scan/scanForm";
import { counted } from "../../words/format";
import { scopeLabel } from "../../words/scan";
import { Choice } from "../widgets/Choice";
import { SCANNING } from "../widgets/Reason";
import { ScanFormFoot } from "./ScanFormFoot";
import { ScanWays } from "./ScanWays";
import { SigmaSelect } from "./SigmaSelect";
import { SliceSelect } from "./SliceSelect";

interface Props {
  readonly form: Form;
  readonly fields: readonly Field[];
  readonly targets: readonly Target[];
  /** The reason why the view in the App cannot be scanned; `null` if it can. */
  readonly viewRefused: string | null;
  /** The slice of a grouped dataset that the App shows. */
  readonly activeSlice: string | null;
  /** The unit of the dataset: "image", "scene", "group", ... */
  readonly unit: string;
  /** Whether no scan is shown. */
  readonly first: boolean;
  readonly disabled: boolean;
  readonly width: number;
  readonly actions: Actions;
  readonly onScan: (background: boolean) => void;
}

const THREE_COLUMNS = 480;

/** The form for a scan. A change makes it differ from the open scan until the user scans or discards the change. */
export function ScanForm({ form, fields, targets, viewRefused, activeSlice, unit, first, disabled, width, actions, onScan }: Props) {
  const { values, slices, isDraft } = form;
  const change = actions.changeForm;
  const against = opponents(fields, values.labelField);
  const sigmas = sigmaChoices(fields, values.labelField);
  return (
    <Box
      component="form"
      aria-label="Scan options"
      onSubmit={(event: React.FormEvent) => event.preventDefault()}
      sx={{ display: "grid", gridTemplateColumns: width >= THREE_COLUMNS ? "1fr 1fr 1.1fr" : "1fr 1fr", gap: 1.25, alignItems: "center", pt: 0.5 }}
    >
      <Choice
        label="Field"
        cy="field"
        value={values.labelField}
        options={fields.map((field) => ({ value: field.name, label: field.name }))}
        onChange={(labelField) => change({ labelField })}
      />
      <Choice
        label="Against"
        cy="other-field"
        value={values.otherField}
        options={[{ value: "", label: "the same field" }, ...against.map((field) => ({ value: field.name, label: field.name }))]}
        onChange={(otherField) => change({ otherField })}
      />
      <Box sx={{ gridColumn: width >= THREE_COLUMNS ? "auto" : "1 / -1" }}>
        <Choice
          label="In"
          cy="target"
          value={values.target}
          options={targets.map(({ kind, samples }) => ({ value: kind, label: `${scopeLabel(kind)} · ${counted(samples, unit)}` }))}
          onChange={(target) => change({ target })}
        />
      </Box>
      {viewRefused !== null && (
        <Box data-cy="view-refused" sx={{ gridColumn: "1 / -1", fontSize: 12, color: "text.secondary" }}>
          {viewRefused}
        </Box>
      )}
      {slices !== null && (
        <Box sx={{ gridColumn: "1 / -1" }}>
          <SliceSelect choice={slices} active={activeSlice} onChange={(chosen) => change({ slices: chosen })} />
        </Box>
      )}
      {sigmas.length > 0 && (
        <Box sx={{ gridColumn: "1 / -1" }}>
          <SigmaSelect key={values.labelField} offered={sigmas} sigmas={values.sigmas} onChange={(chosen) => change({ sigmas: chosen })} />
          <FormControlLabel
            control={<Checkbox size="small" checked={values.unmarkedAsMissing} onChange={(_, unmarkedAsMissing) => change({ unmarkedAsMissing })} data-cy="unmarked" />}
            label="Treat points at (0, 0) or (-1, -1), or with a confidence of 0, as missing"
            slotProps={{ typography: { fontSize: 13 } }}
          />
        </Box>
      )}
      <ScanWays values={values} fields={fields} onChange={change} onClassRule={actions.changeClassRule} />
      <ScanFormFoot isDraft={isDraft} first={first} why={disabled ? SCANNING : slices?.chosen.length === 0 ? "Choose at least one slice." : null} onBack={actions.dropDraft} onScan={onScan} />
    </Box>
  );
}
