import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isCancel, password } from "@clack/prompts";
import type { Engine, StackPlace } from "@yizhan/infra";
import { pulumiHome } from "../environment.ts";
import { KitError } from "../errors.ts";
import type { Text } from "../text.ts";
import type { FleetFolder } from "./fleet-folder.ts";

/** Pulumi and AWS are loaded by the commands that need them, and only then. */
export async function infra(): Promise<typeof import("@yizhan/infra")> {
  try {
    return await import("@yizhan/infra");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")
      throw new KitError("infra-missing", {}, error);
    throw error;
  }
}

/** The engine where one is found, else the pinned version, brought; throws `engine-missing` where it cannot be. */
export async function needEngine(say: (line: string) => void, text: Text): Promise<Engine> {
  const { bringEngine, engineVersion, findEngine } = await infra();
  const home = pulumiHome();
  const found = await findEngine(home);
  if (found !== undefined) return found;
  say(text("fleet.bringing-engine", { version: engineVersion, home }));
  try {
    return await bringEngine(home);
  } catch (error) {
    throw new KitError(
      "engine-missing",
      { version: engineVersion, home, reason: error instanceof Error ? error.message : String(error) },
      error,
    );
  }
}

/** The fleet's passphrase as a file for Pulumi and as text for the signing key; `close` removes what was written for it. */
export interface Passphrase {
  readonly file: string;
  readonly text: string;
  close(): Promise<void>;
}

/** From a file, or asked for once at the terminal. It is never an argument: those are seen by everybody on the machine. */
export async function openPassphrase(given: string | undefined, text: Text): Promise<Passphrase> {
  if (given !== undefined) {
    const file = resolve(given);
    return { file, text: (await readFile(file, "utf8")).trimEnd(), close: () => Promise.resolve() };
  }
  if (!process.stdin.isTTY) throw new KitError("passphrase-needed", { path: "--passphrase-file" });
  const answer = await password({ message: text("fleet.passphrase") });
  if (isCancel(answer)) throw new KitError("stopped");
  const folder = await mkdtemp(join(tmpdir(), "yizhan-passphrase-"));
  const file = join(folder, "passphrase");
  await writeFile(file, answer, { mode: 0o600 });
  return { file, text: answer, close: () => rm(folder, { recursive: true, force: true }) };
}

/** Where the fleet's state is, and what seals its secrets. */
export function stackPlace(fleet: FleetFolder, passphrase: Passphrase): StackPlace {
  const { secrets, state } = fleet.settings;
  return {
    folder: fleet.state,
    backend: state ?? pathToFileURL(fleet.state).href,
    pulumiHome: pulumiHome(),
    secrets: secrets === undefined ? { kind: "passphrase", file: passphrase.file } : { kind: "kms", url: secrets },
  };
}
