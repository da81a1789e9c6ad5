import { Box, Checkbox, FormControlLabel } from "@mui/material";
import * as React from "react";
import type { Field, ScanRequest, Target } from "../../protocol/messages";
import { formOf, hasTurnedBoxes, opponents, requestOf, type ScanFormValues, type Shown, sigmaChoices, slicesOf, waysToCompare } from "../../state/scanForm";
import type { DatasetSlices } from "../../state/slices";
import { counted } from "../../words/format";
import { scopeLabel } from "../../words/scan";
import { Choice } from "../widgets/Choice";
import { Segments } from "../widgets/Segments";
import { SplitButton } from "../widgets/SplitButton";
import { SigmaSelect } from "./SigmaSelect";
import { SliceSelect } from "./SliceSelect";

interface Props {
  readonly fields: readonly Field[];
  readonly targets: readonly Target[];
  /** Why the view in the App cannot be scanned; `null` if it can. */
  readonly viewRefused: string | null;
  readonly slices: DatasetSlices;
  /** The parameters of the open scan; `null` if none is open. */
  readonly shown: Shown | null;
  /** What the dataset contains: "image", "scene", "group", ... */
  readonly unit: string;
  readonly disabled: boolean;
  readonly width: number;
  readonly onScan: (request: ScanRequest) => void;
}

const THREE_COLUMNS = 480;
const ONE_ROW = 868;

function columnsAt(width: number): string {
  if (width >= ONE_ROW) return "1fr 1fr 1.1fr auto";
  return width >= THREE_COLUMNS ? "1fr 1fr 1.1fr" : "1fr 1fr";
}

export const ScanForm = React.memo(function ScanForm({ fields, targets, viewRefused, slices, shown, unit, disabled, width, onScan }: Props) {
  const [wanted, setWanted] = React.useState<Partial<ScanFormValues>>({});
  const form = formOf(fields, targets, wanted, shown);
  const change = (part: Partial<ScanFormValues>) => setWanted({ ...wanted, ...part });
  const against = opponents(fields, form.labelField);
  const ways = waysToCompare(fields, form.labelField);
  const sigmas = sigmaChoices(fields, form.labelField);
  const among = slicesOf(slices, fields, targets, form);

  return (
    <Box
      component="form"
      aria-label="Scan options"
      onSubmit={(event: React.FormEvent) => event.preventDefault()}
      sx={{ display: "grid", gridTemplateColumns: columnsAt(width), gap: 1.25, alignItems: "center", pt: 0.5 }}
    >
      <Choice
        label="Field"
        cy="field"
        value={form.labelField}
        options={fields.map((field) => ({ value: field.name, label: field.name }))}
        onChange={(labelField) => {
          const { sigmas: _, ...rest } = wanted;
          setWanted({ ...rest, labelField });
        }}
      />
      <Choice
        label="Against"
        cy="other-field"
        value={form.otherField}
        options={[{ value: "", label: "itself" }, ...against.map((field) => ({ value: field.name, label: field.name }))]}
        onChange={(otherField) => change({ otherField })}
      />
      <Box sx={{ gridColumn: width >= THREE_COLUMNS ? "auto" : "1 / -1" }}>
        <Choice
          label="In"
          cy="target"
          value={form.target}
          options={targets.map(({ kind, samples }) => ({ value: kind, label: `${scopeLabel(kind)} · ${counted(samples, unit)}` }))}
          onChange={(target) => change({ target })}
        />
      </Box>
      {viewRefused !== null && (
        <Box data-cy="view-refused" sx={{ gridColumn: "1 / -1", fontSize: 12, color: "text.secondary" }}>
          {viewRefused}
        </Box>
      )}
      {among !== null && (
        <Box sx={{ gridColumn: "1 / -1" }}>
          <SliceSelect choice={among} active={slices.active} onChange={(chosen) => change({ slices: chosen })} />
        </Box>
      )}
      {sigmas.length > 0 && (
        <Box sx={{ gridColumn: "1 / -1" }}>
          <SigmaSelect key={form.labelField} offered={sigmas} sigmas={form.sigmas} onChange={(chosen) => change({ sigmas: chosen })} />
          <FormControlLabel
            control={<Checkbox size="small" checked={form.unmarkedAsMissing} onChange={(_, unmarkedAsMissing) => change({ unmarkedAsMissing })} data-cy="unmarked" />}
            label="Treat points at (0, 0) or (-1, -1), or with a confidence of 0, as missing"
            slotProps={{ typography: { fontSize: 13 } }}
          />
        </Box>
      )}
      <Box sx={{ gridColumn: width >= ONE_ROW ? "auto" : "1 / -1", display: "flex", flexWrap: "wrap", gap: 1, justifyContent: "space-between" }}>
        <Segments
          label="Which labels are compared"
          value={form.classwise ? "same" : "any"}
          options={[
            { value: "any", content: "any class", title: "Compare labels of all classes with each other" },
            { value: "same", content: "same class", title: "Compare only labels of the same class" },
          ]}
          onChange={(value) => change({ classwise: value === "same" })}
          cy="class"
        />
        {ways.length > 1 && (
          <Segments
            label="Compare by"
            value={form.compare}
            options={ways.map((way) => ({ value: way, content: way, title: `Compare the ${way} of the labels` }))}
            onChange={(compare) => change({ compare })}
            cy="compare"
          />
        )}
        {form.compare !== "masks" && hasTurnedBoxes(fields, form.labelField) && (
          <Segments
            label="Unit of rotations"
            value={form.rotationUnit}
            options={[
              { value: "", content: "angles: auto", title: "Derived from the values and the version of FiftyOne; the scan shows which unit was used" },
              { value: "degrees", content: "degrees", title: "Box rotations are in degrees" },
              { value: "radians", content: "radians", title: "Box rotations are in radians" },
            ]}
            onChange={(rotationUnit) => change({ rotationUnit })}
            cy="rotation-unit"
          />
        )}
        <Box sx={{ ml: "auto" }}>
          <SplitButton
            label="Scan"
            cy="scan"
            disabled={disabled || among?.chosen.length === 0}
            onClick={() => onScan(requestOf(form, among, false))}
            choicesLabel="More ways to scan"
            choices={[{ label: "Run in background", cy: "scan-background", onClick: () => onScan(requestOf(form, among, true)) }]}
          />
        </Box>
      </Box>
    </Box>
  );
});
