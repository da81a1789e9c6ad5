import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { Current } from "../../state/current";
import type { Model } from "../../state/model";
import { ActionBar } from "./ActionBar";

interface Props {
  readonly model: Model;
  readonly current: Current;
  readonly readOnly: boolean;
  readonly onReview: () => void;
  readonly onDelete: () => void;
  readonly actions: Actions;
  /** More actions. */
  readonly children: React.ReactNode;
}

/** The action bar of the open scan. */
export function PanelActions({ model, current, readOnly, onReview, onDelete, actions, children }: Props) {
  const { numbers, field, patches, unit, tagged, isTagged, hold, form } = current;
  return (
    <ActionBar
      numbers={numbers}
      hold={hold}
      isDraft={form.isDraft}
      tagged={tagged}
      failed={model.failure?.request}
      isTagged={isTagged}
      planView={model.planView}
      unit={unit}
      patches={patches}
      protectedBy={readOnly ? "app" : (field?.writable ?? false) ? null : "field"}
      busy={model.busy}
      onReview={onReview}
      onShow={actions.show}
      onBack={actions.restoreView}
      onTag={actions.tagLabels}
      onUntag={actions.untagLabels}
      onDelete={onDelete}
      onExport={actions.exportKind}
      onImport={actions.importReview}
    >
      {children}
    </ActionBar>
  );
}
