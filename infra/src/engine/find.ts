import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { automation } from "@pulumi/pulumi";
import { EngineError } from "./errors.ts";

export type Engine = automation.PulumiCommand;

/** The engine's version: the one this program is tried with, the same as the SDK's. */
export const engineVersion = "3.260.0";

/**
 * The engine where one is: the pinned version in Pulumi's own folder of versions, else one in that folder's `bin`,
 * else what PATH has. Undefined where none is found, or only one that is too old for the SDK.
 */
export async function findEngine(pulumiHome: string): Promise<Engine | undefined> {
  for (const root of [join(pulumiHome, "versions", engineVersion), pulumiHome, undefined]) {
    if (root !== undefined && !(await executable(join(root, "bin/pulumi")))) continue;
    try {
      return await automation.PulumiCommand.get(root === undefined ? {} : { root });
    } catch (error) {
      // Not there, or too old: the next place is asked, and the caller hears of none.
      if (!(error instanceof Error)) throw error;
    }
  }
  return undefined;
}

/** Brings the pinned version from Pulumi's own server into its folder of versions, and compares what came. */
export async function bringEngine(pulumiHome: string): Promise<Engine> {
  const root = join(pulumiHome, "versions", engineVersion);
  try {
    const engine = await automation.PulumiCommand.install({ root });
    if (engine.version?.version === engineVersion) return engine;
    throw new EngineError(
      "engine-missing",
      `${engine.command} is ${engine.version?.version ?? "of no version"}, not ${engineVersion}`,
    );
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw new EngineError("engine-missing", `Pulumi ${engineVersion} could not be brought to ${root}`, String(error), error);
  }
}

async function executable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
