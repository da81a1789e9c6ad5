/** The values and functions that every action needs. */
import type * as React from "react";
import type { Host } from "../host/host";
import type { Message } from "../state/message";
import type { Event, Model } from "../state/model";
import type { Ask } from "./useAsk";
import type { WriteName, Writer } from "./useWriting";

export interface Surroundings {
  readonly ask: Ask;
  readonly dispatch: React.Dispatch<Event>;
  readonly model: () => Model;
  readonly host: () => Host;
  readonly writer: Pick<Writer, "follow" | "ended">;
}

export interface Context extends Surroundings {
  /** The key of the open scan; `null` if none is open. */
  readonly openKey: () => string | null;
  /** Runs a write or an export. Returns `null` if another one is in progress. */
  readonly busyWith: <T>(name: string, work: () => Promise<T>) => Promise<T | null>;
  /** Runs a change of labels in a run of a new id, whose progress is shown and which can be canceled. */
  readonly writeWith: <T>(name: WriteName, work: (runId: string) => Promise<T>) => Promise<T | null>;
  /** Shows what an action did, until the next one. */
  readonly say: (text: string, action?: Message["action"]) => void;
  /** Keeps the user's view that an answer says was replaced. */
  readonly noteOwnView: (answer: { readonly own_view: string | null } | null) => void;
}

/** Returns a run id: 24 random hexadecimal digits. */
export function newRunId(): string {
  return Array.from({ length: 24 }, () => Math.floor(16 * Math.random()).toString(16)).join("");
}

export function makeContext(surroundings: Surroundings): Context {
  const { dispatch, model, writer } = surroundings;
  const openKey = () => model().scan?.summary.scan_key ?? null;

  async function busyWith<T>(name: string, work: () => Promise<T>): Promise<T | null> {
    if (model().busy !== null) return null;
    dispatch({ type: "failed", failure: null });
    dispatch({ type: "said", message: null });
    dispatch({ type: "busy", busy: name });
    try {
      return await work();
    } finally {
      dispatch({ type: "busy", busy: null });
    }
  }

  function writeWith<T>(name: WriteName, work: (runId: string) => Promise<T>): Promise<T | null> {
    return busyWith(name, async () => {
      const runId = newRunId();
      writer.follow(name, runId);
      try {
        return await work(runId);
      } finally {
        writer.ended();
      }
    });
  }

  const say: Context["say"] = (text, action = null) => dispatch({ type: "said", message: { text, action } });

  const noteOwnView: Context["noteOwnView"] = (answer) => {
    if (answer !== null && answer.own_view !== null) dispatch({ type: "replaced", ownView: answer.own_view });
  };

  return { ...surroundings, noteOwnView, openKey, busyWith, writeWith, say };
}
