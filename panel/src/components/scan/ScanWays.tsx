import { Box } from "@mui/material";
import * as React from "react";
import type { Field } from "../../protocol/messages";
import { hasTurnedBoxes, type ScanFormValues, waysToCompare } from "../../state/scan/scanForm";
import { Segments } from "../widgets/Segments";

interface Props {
  readonly values: ScanFormValues;
  readonly fields: readonly Field[];
  readonly onChange: (change: Partial<ScanFormValues>) => void;
  readonly onClassRule: (classwise: boolean) => void;
}

/** The options for comparing labels: their classes and their shapes. */
export function ScanWays({ values, fields, onChange, onClassRule }: Props) {
  const ways = waysToCompare(fields, values.labelField);
  return (
    <Box sx={{ gridColumn: "1 / -1", display: "flex", flexWrap: "wrap", gap: 1 }}>
      <Segments
        label="Which labels are compared"
        value={values.classwise ? "same" : "any"}
        options={[
          { value: "any", content: "any class", title: "Compare labels of all classes with each other" },
          { value: "same", content: "same class", title: "Compare only labels of the same class" },
        ]}
        onChange={(value) => onClassRule(value === "same")}
        cy="class"
      />
      {ways.length > 1 && (
        <Segments
          label="Compare by"
          value={values.compare}
          options={ways.map((way) => ({ value: way, content: way, title: `Compare the ${way} of the labels` }))}
          onChange={(compare) => onChange({ compare })}
          cy="compare"
        />
      )}
      {values.compare !== "masks" && hasTurnedBoxes(fields, values.labelField) && (
        <Segments
          label="Unit of rotations"
          value={values.rotationUnit}
          options={[
            { value: "", content: "angles: auto", title: "Derived from the values and the version of FiftyOne; the scan shows which unit was used" },
            { value: "degrees", content: "degrees", title: "Box rotations are in degrees" },
            { value: "radians", content: "radians", title: "Box rotations are in radians" },
          ]}
          onChange={(rotationUnit) => onChange({ rotationUnit })}
          cy="rotation-unit"
        />
      )}
    </Box>
  );
}
