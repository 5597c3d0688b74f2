import { pino } from "pino";

export type Log = pino.Logger;

/**
 * JSON lines on standard output. Callers log codes, counts and durations, never bodies, names or
 * search terms; redaction is the second line of defence.
 */
export function createLog(name: string, level: pino.LevelWithSilent = "info"): Log {
  return pino({
    name,
    level,
    base: { name },
    redact: {
      paths: [
        "headers",
        "*.headers",
        "body",
        "*.body",
        "authorization",
        "*.authorization",
        "cookie",
        "*.cookie",
        "parameters",
        "*.parameters",
      ],
      censor: "[removed]",
    },
    // An error's message may quote a value; its name, code and stack frames may not.
    serializers: { err: describeError },
  });
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    ...("code" in error && typeof error.code === "string" ? { code: error.code } : {}),
    ...("remedy" in error && typeof error.remedy === "string" ? { remedy: error.remedy } : {}),
    stack: frames.slice(0, 12).map((line) => line.trim()),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
