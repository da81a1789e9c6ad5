/** The interface of the panel to the App. */
import type { MessageName, Reply, RequestOf } from "../protocol/messages";
import type { SelectedLabel } from "../protocol/review";

export interface Host {
  /** Sends a message to the server. Never rejects; every error becomes a failure. */
  ask<M extends MessageName>(message: M, request: RequestOf<M>, requestId: number): Promise<Reply<M>>;
  /** The value that `remember` stored before the page was loaded, unchecked. */
  readonly remembered: unknown;
  remember(value: Record<string, unknown>): void;
  /** Values that this browser keeps, for all datasets; `null` for none. */
  readonly browser: { readonly read: (key: string) => string | null; readonly write: (key: string, value: string) => void };
  /** A string that changes with the view, its filters and the selection. */
  readonly viewKey: string;
  /** Sets the filters of the sidebar once the App shows their view, which empties them; `null` if the view is not known. */
  setFilters(filters: Record<string, unknown>, view: readonly unknown[] | null): void;
  /** Calls back once, when the sample that is open, or about to open, is closed. */
  onSampleClosed(callback: () => void): void;
  readonly readOnly: boolean;
  /** The labels that are selected in the App; a new list only if they change. */
  readonly selectedLabels: readonly SelectedLabel[];
  /** The scan that the user asked to open from outside of the panel; a new object for each request. */
  readonly requestedScan: { readonly scanKey: string } | null;
  download(name: string, content: Blob): void;
  /** Draws an SVG at twice its size. */
  rasterize(svg: string): Promise<Blob>;
}
