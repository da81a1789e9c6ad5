/** What every action works with. */
import type * as React from "react";
import type { Host } from "../host/host";
import type { Event, Model } from "../state/model";
import type { Ask } from "./useAsk";

export interface Context {
  readonly ask: Ask;
  readonly dispatch: React.Dispatch<Event>;
  readonly model: () => Model;
  readonly host: () => Host;
}
