import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { EngineError } from "../errors.ts";
import type { StepResult, TranslationStep } from "./step.ts";

const NUL = "\0";
/** Where Debian puts the pipelines of each pair. */
const MODES = "/usr/share/apertium/modes";
/** Apertium names some pairs by ISO 639-3 codes. */
const threeLetters: Record<string, string> = { en: "eng", es: "spa", pt: "por", fr: "fra", ca: "cat" };

/** What Apertium's installation here can do, as `from-to`. Empty where it is not installed. */
export function apertiumModes(): Set<string> {
  const listed = spawnSync("apertium", ["-l"], { encoding: "utf8" });
  return new Set(
    listed.error
      ? []
      : listed.stdout
          .split("\n")
          .map((line) => line.trim())
          .filter(Boolean),
  );
}

export function apertiumMode(modes: ReadonlySet<string>, from: string, to: string): string | undefined {
  const [a, b] = [from, to].map((tag) => tag.split("-")[0] ?? tag);
  const candidates = [`${a}-${b}`, `${threeLetters[a ?? ""]}-${threeLetters[b ?? ""]}`];
  return candidates.find((mode) => modes.has(mode));
}

/** One process per pair is kept and flushed with NUL: starting one costs a tenth of a second. */
export function apertiumStep(mode: string, taskMs = 5000): TranslationStep {
  let process: ChildProcess | undefined;
  let buffer = "";
  const waiting: { resolve(text: string): void; reject(error: Error): void }[] = [];

  const start = (): ChildProcess => {
    // The `apertium` script itself holds lines back until its input ends; the mode's own pipeline does not.
    const command = ["-c", 'exec bash <(apertium-wblank-mode -z "$1") -g', "bash", `${MODES}/${mode}.mode`];
    const child = spawn("bash", command, { stdio: ["pipe", "pipe", "ignore"], detached: true });
    buffer = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      const texts = (buffer + chunk).split(NUL);
      buffer = texts.pop() ?? "";
      for (const text of texts) waiting.shift()?.resolve(text);
    });
    const end = () => {
      if (process !== child) return;
      process = undefined;
      for (const { reject } of waiting.splice(0)) reject(new EngineError("translation-failed", `apertium ${mode} ended`));
    };
    child.once("exit", end).once("error", end);
    child.stdin?.on("error", end);
    child.unref();
    return child;
  };

  return {
    engine: "apertium",
    async translate(text) {
      const child = (process ??= start());
      const raw = await new Promise<string>((resolve, reject) => {
        const timer = setTimeout(() => killGroup(child), taskMs);
        const settle =
          <Value>(done: (value: Value) => void) =>
          (value: Value) => {
            clearTimeout(timer);
            done(value);
          };
        waiting.push({ resolve: settle(resolve), reject: settle(reject) });
        child.stdin?.write(`${escaped(text)}\n${NUL}`);
      });
      return withoutMarks(raw.trim());
    },
    close: () => {
      if (process) killGroup(process);
    },
  };
}

/** A shell with a pipeline behind it: the whole group goes. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** With the formats off, which would swallow the NUL, what has a meaning in Apertium's stream is escaped by us. */
const escaped = (text: string) => text.replaceAll(/[\0\s]+/gu, " ").replaceAll(/[[\]{}^$/\\@<>]/gu, "\\$&");

/** `*` marks an unknown word, `#` and `@` a form it could not make: the words stay, the marks go. */
export function withoutMarks(raw: string): StepResult {
  const unknown: string[] = [];
  const text = raw
    .replaceAll(/\\([[\]{}^$/\\@<>])/gu, "$1")
    .replaceAll(/(?<![\p{L}\p{N}])[*#@]+(\p{L}[\p{L}\p{N}_'’-]*)/gu, (_, word: string) => {
      const plain = word.replaceAll("_", " ");
      unknown.push(plain);
      return plain;
    });
  return unknown.length > 0 ? { text, unknown } : { text };
}
