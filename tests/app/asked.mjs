// Python processes that are neither the App nor the browser, asked as functions are.
import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { APP_DATASET, PYTHON } = process.env;
const HERE = new URL(".", import.meta.url).pathname;
const NEWLINE = 10;

/** A named pipe, open at both ends, of which nothing is left on disk. */
function pipe() {
  const folder = mkdtempSync(join(tmpdir(), "asked-"));
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  // without another end that is open, opening one would wait
  const both = openSync(path, "r+");
  const ends = { read: openSync(path, "r"), write: openSync(path, "w") };
  closeSync(both);
  rmSync(folder, { recursive: true });
  return ends;
}

/** Starts a script that answers each line of JSON with one, and ends with this process. */
function start(script) {
  const [questions, answers] = [pipe(), pipe()];
  const stdio = [questions.read, answers.write, "inherit"];
  spawn(PYTHON, [join(HERE, script), APP_DATASET], { stdio }).unref();
  closeSync(questions.read);
  closeSync(answers.write);
  return { to: questions.write, from: answers.read };
}

function readLine(from) {
  const chunks = [];
  for (;;) {
    const chunk = Buffer.alloc(65_536);
    const length = readSync(from, chunk);
    if (length === 0) throw new Error("the process that was asked has ended");
    chunks.push(chunk.subarray(0, length));
    if (chunk[length - 1] === NEWLINE) return Buffer.concat(chunks).toString();
  }
}

/** A function that asks one process, which starts with the first question. */
export function asking(script) {
  let started;
  return (...question) => {
    started ??= start(script);
    writeSync(started.to, `${JSON.stringify(question)}\n`);
    return JSON.parse(readLine(started.from));
  };
}
