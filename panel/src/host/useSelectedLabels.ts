import * as fos from "@fiftyone/state";
import * as React from "react";
import { useRecoilValue } from "recoil";
import type { SelectedLabel } from "../protocol/review";

const NONE: readonly SelectedLabel[] = [];

/** The labels that are selected in the App. Versions without this atom have none. */
export const useSelectedLabels: () => readonly SelectedLabel[] = fos.selectedLabels === undefined ? () => NONE : useAtom;

function useAtom(): readonly SelectedLabel[] {
  const selected = useRecoilValue(fos.selectedLabels);
  const text = JSON.stringify(selected.map(({ labelId, sampleId, field }) => ({ label_id: labelId, sample_id: sampleId, field })));
  return React.useMemo(() => JSON.parse(text) as readonly SelectedLabel[], [text]);
}
