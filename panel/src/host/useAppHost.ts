import * as operators from "@fiftyone/operators";
import * as spaces from "@fiftyone/spaces";
import * as fos from "@fiftyone/state";
import * as React from "react";
import { useRecoilValue } from "recoil";
import type { MessageName, RequestOf } from "../protocol/messages";
import { browser } from "./browser";
import { download, rasterize } from "./files";
import type { Host } from "./host";
import { useRequestedScan } from "./openScan";
import { NO_ANSWER, replyOf } from "./reply";
import { useFilters, useModal } from "./useAppView";
import { useSelectedLabels } from "./useSelectedLabels";

/** The time limit for an answer, after which the App itself gives up. */
const PATIENCE_MS = 600_000;

export interface PanelProps {
  readonly schema: { readonly view: Record<string, unknown> };
}

/** The App as the {@link Host} of the panel. */
export function useAppHost({ schema }: PanelProps): Host {
  const trigger = operators.useTriggerPanelEvent();
  const [remembered, setStored] = spaces.usePanelStatePartial("state", {});
  const stages = useRecoilValue(fos.view);
  const filters = useRecoilValue(fos.filters);
  const selected = useRecoilValue(fos.selectedSamples);
  const slice = useRecoilValue(fos.groupSlice);
  const selectedLabels = useSelectedLabels();
  const readOnly = useRecoilValue(fos.readOnly);
  const requestedScan = useRequestedScan();
  const modal = useModal();
  const setFilters = useFilters(stages);

  // The App creates these functions on every render. The panel must call the newest ones without rendering again.
  const app = React.useRef({ trigger, setStored, view: schema.view });
  app.current = { trigger, setStored, view: schema.view };

  const calls = React.useMemo(
    () => ({
      ask<M extends MessageName>(message: M, request: RequestOf<M>, requestId: number) {
        return new Promise<unknown>((resolve) => {
          const uri = app.current.view[`on_${message}`];
          if (typeof uri !== "string") return resolve(NO_ANSWER);
          const patience = setTimeout(() => resolve(NO_ANSWER), PATIENCE_MS);
          app.current.trigger(uri, { ...request, request_id: requestId }, false, (answer) => {
            clearTimeout(patience);
            resolve(answer);
          });
        }).then((answer) => replyOf(message, requestId, answer));
      },
      remember(value: Record<string, unknown>) {
        app.current.setStored((old) => ({ ...old, ...value }));
      },
      onSampleClosed: modal,
      setFilters,
      browser,
      download,
      rasterize,
    }),
    [modal, setFilters],
  );

  const viewKey = JSON.stringify([stages, filters, [...selected.keys()], slice]);
  return React.useMemo(
    () => ({ ...calls, remembered, viewKey, readOnly, selectedLabels, requestedScan }),
    [calls, remembered, viewKey, readOnly, selectedLabels, requestedScan],
  );
}
