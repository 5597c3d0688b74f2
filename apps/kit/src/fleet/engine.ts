import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
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

/** Where the fleet's state is, with its passphrase asked for once; `close` removes what was written for it. */
export async function stackPlace(
  fleet: FleetFolder,
  passphraseFile: string | undefined,
  text: Text,
): Promise<{ place: StackPlace; close: () => Promise<void> }> {
  const common = {
    folder: fleet.state,
    backend: fleet.settings.state ?? pathToFileURL(fleet.state).href,
    pulumiHome: pulumiHome(),
  };
  const { secrets } = fleet.settings;
  if (secrets !== undefined)
    return { place: { ...common, secrets: { kind: "kms", url: secrets } }, close: () => Promise.resolve() };
  if (passphraseFile !== undefined) {
    return {
      place: { ...common, secrets: { kind: "passphrase", file: resolve(passphraseFile) } },
      close: () => Promise.resolve(),
    };
  }
  if (!process.stdin.isTTY) throw new KitError("passphrase-needed");
  const answer = await password({ message: text("fleet.passphrase") });
  if (isCancel(answer)) throw new KitError("stopped");
  const folder = await mkdtemp(join(tmpdir(), "yizhan-passphrase-"));
  await chmod(folder, 0o700);
  const file = join(folder, "passphrase");
  await writeFile(file, answer, { mode: 0o600 });
  return {
    place: { ...common, secrets: { kind: "passphrase", file } },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
