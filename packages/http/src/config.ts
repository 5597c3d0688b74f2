import { readFileSync, statSync } from "node:fs";
import { type ZodType, z } from "zod";

/** A configuration that cannot be used: says which file, which field, what to do. */
export class ConfigError extends Error {
  readonly code: "config-missing" | "config-open-to-others" | "config-invalid";

  constructor(code: ConfigError["code"], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "ConfigError";
    this.code = code;
  }
}

/**
 * Reads and checks a process's configuration file. Its path is the one thing that comes from the
 * environment (`YIZHAN_CONFIG`): secrets stay in files that only the process's user can read.
 */
export function readConfig<T>(schema: ZodType<T>, environment: Readonly<Record<string, string | undefined>>): T {
  const path = environment.YIZHAN_CONFIG;
  if (path === undefined || path === "") {
    throw new ConfigError(
      "config-missing",
      "YIZHAN_CONFIG is not set. Give it the path of this process's JSON configuration file.",
    );
  }
  let text: string;
  try {
    if ((statSync(path).mode & 0o077) !== 0) {
      throw new ConfigError("config-open-to-others", `${path} can be read by others. Run: chmod 600 ${path}`);
    }
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError("config-missing", `${path} cannot be read.`, error);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ConfigError("config-invalid", `${path} is not JSON.`, error);
  }
  const result = schema.safeParse(json);
  if (!result.success) throw new ConfigError("config-invalid", `${path}:\n${z.prettifyError(result.error)}`);
  return result.data;
}
