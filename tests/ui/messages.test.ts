/// <reference types="vite/client" />
import { describe, expect, it } from "vitest";
import { replyOf } from "../../panel/src/host/reply";
import { type MessageName, MESSAGES } from "../../panel/src/protocol/messages";

interface Example {
  readonly request: Record<string, unknown>;
  readonly reply: Record<string, unknown>;
  readonly failure?: Record<string, unknown>;
}

const files = import.meta.glob<Example>("../messages/*.json", { eager: true, import: "default" });
const examples = new Map(Object.entries(files).map(([path, example]) => [path.replace(/^.*\/|\.json$/g, ""), example]));
const names = Object.keys(MESSAGES) as MessageName[];

/** Paths of keys in the value that its type does not declare. */
function undeclared(fields: Readonly<Record<string, unknown>>, value: Record<string, unknown>): string[] {
  return Object.keys(value).filter((key) => !(key in fields));
}

describe("the messages between the panel and the server", () => {
  it("have one example file each, and there are no other files", () => {
    expect([...examples.keys()].sort()).toEqual([...names].sort());
  });

  it.each(names)("%s: the example request has the declared type and no other keys", (name) => {
    const { request_id, ...request } = examples.get(name)?.request ?? {};
    expect(request_id).toBeTypeOf("number");
    expect(MESSAGES[name].request.check(request, name)).toBeNull();
    expect(undeclared(MESSAGES[name].request.fields, request)).toEqual([]);
  });

  it.each(names)("%s: the example reply has the declared type and no other keys", (name) => {
    const { ok, request_id, ...reply } = examples.get(name)?.reply ?? {};
    expect(ok).toBe(true);
    expect(request_id).toBe(examples.get(name)?.request.request_id);
    expect(MESSAGES[name].reply.check(reply, name)).toBeNull();
    expect(undeclared(MESSAGES[name].reply.fields, reply)).toEqual([]);
  });
});

describe("a reply from the App", () => {
  const reply = examples.get("count_labels")?.reply ?? {};
  const failure = examples.get("count_labels")?.failure ?? {};
  const id = reply.request_id as number;

  it("is accepted if it has the declared type", () => {
    expect(replyOf("count_labels", id, { result: reply })).toMatchObject({ ok: true, answer: { labels: 31 } });
  });

  it("with an error is passed on unchanged", () => {
    expect(replyOf("count_labels", id, { result: failure })).toEqual({ ok: false, error: failure.error });
  });

  it.each([
    ["nothing at all", undefined],
    ["no result", {}],
    ["a traceback", { error: "Traceback", errorMessage: "boom" }],
    ["a reply of another request", { result: { ...reply, request_id: id + 1 } }],
    ["a reply that lacks a number", { result: { ...reply, labels: undefined } }],
    ["a count that is no count", { result: { ...reply, labels: -1 } }],
    ["a failure without a message", { result: { ok: false, error: {} } }],
  ])("that is %s becomes a failure", (_, answer) => {
    expect(replyOf("count_labels", id, answer)).toMatchObject({ ok: false, error: { message: expect.any(String) } });
  });
});
