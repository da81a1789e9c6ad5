/** What the panel asks of the App, in the panel's own words. */
import type { MessageName, Reply, RequestOf } from "../protocol/messages";

export type Tone = "success" | "error" | "info";

export interface Host {
  /** Sends a message to the Python half. Never rejects: whatever goes wrong is a failure. */
  ask<M extends MessageName>(message: M, request: RequestOf<M>, requestId: number): Promise<Reply<M>>;
  notify(text: string, tone: Tone, action?: { label: string; run: () => void }): void;
  /** What was stored before the page was loaded, unchecked. */
  readonly stored: unknown;
  store(value: Record<string, unknown>): void;
  /** Another string whenever the view, its filters or the selection change. */
  readonly viewKey: string;
  readonly viewActive: boolean;
  readonly readOnly: boolean;
  download(name: string, content: Blob): void;
  /** Draws an SVG at twice its size. */
  rasterize(svg: string): Promise<Blob>;
}
