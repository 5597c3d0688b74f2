import { z } from "zod";
import { KitError } from "../errors.ts";
import type { RemoteHost } from "./ssh.ts";

/** One line that the installer says under `--json`; whatever else it says is for a later kit. */
const eventSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("step"),
    step: z.string(),
    state: z.enum(["started", "done", "unchanged"]),
    ms: z.number().optional(),
  }),
  z.object({ type: z.literal("progress"), step: z.string(), done: z.number(), total: z.number(), item: z.string() }),
  z.object({ type: z.literal("note"), text: z.string() }),
  z.object({ type: z.literal("changed"), what: z.string() }),
  z.object({ type: z.literal("failed"), code: z.string(), message: z.string(), remedy: z.string() }),
  z.object({ type: z.literal("result"), result: z.unknown() }),
]);
export type HostEvent = z.infer<typeof eventSchema>;

/** What the installer refused or failed at, in its own words. */
export class InstallerError extends Error {
  readonly code: string;
  readonly remedy: string;

  constructor(code: string, message: string, remedy: string) {
    super(message);
    this.name = "InstallerError";
    this.code = code;
    this.remedy = remedy;
  }
}

export interface VerbAnswer {
  readonly exitCode: number;
  /** What was changed on the host, by name. */
  readonly changed: readonly string[];
  readonly result: unknown;
}

export interface VerbOptions {
  readonly parameters?: readonly string[];
  /** For its standard input: what may be seen by nobody else. */
  readonly input?: string;
  readonly onEvent?: (event: HostEvent) => void;
  /** Exit codes that are an answer, not a failure: drift says 16 where something differs. */
  readonly accept?: readonly number[];
  readonly signal?: AbortSignal;
}

export type Verb =
  | "backup"
  | "invite"
  | "restore"
  | "preflight"
  | "status"
  | "drift"
  | "snapshot"
  | "rollback"
  | "rotate"
  | "test-call"
  | "unseal"
  | "seal-state"
  | "handover"
  | "destroy";

/** Asks the host's installer. Throws InstallerError with its own code and remedy, or `host-not-installed`. */
export async function hostVerb(host: RemoteHost, verb: Verb, options: VerbOptions = {}): Promise<VerbAnswer> {
  const command = ["/usr/local/sbin/yizhan-host", verb, ...(options.parameters ?? []).map(quoted), "--json"].join(" ");
  return runInstaller(host, command, options);
}

/** The same for a whole command line that ends in the installer. */
export async function runInstaller(host: RemoteHost, command: string, options: VerbOptions = {}): Promise<VerbAnswer> {
  const changed: string[] = [];
  let result: unknown;
  let failed: InstallerError | undefined;
  const { code, stderr } = await host.run(command, {
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.input === undefined ? {} : { input: options.input }),
    onLine: (line) => {
      const event = readEvent(line);
      if (event === undefined) return;
      if (event.type === "changed") changed.push(event.what);
      if (event.type === "result") result = event.result;
      if (event.type === "failed") failed = new InstallerError(event.code, event.message, event.remedy);
      options.onEvent?.(event);
    },
  });
  if (code === 0 || options.accept?.includes(code) === true) return { exitCode: code, changed, result };
  if (failed !== undefined) throw failed;
  if (code === 126 || code === 127) throw new KitError("host-not-installed", { host: host.target.host });
  throw new KitError("host-strange", { host: host.target.host, reason: stderr.trim().slice(-300) || `exit ${code}` });
}

export function readEvent(line: string): HostEvent | undefined {
  try {
    return eventSchema.safeParse(JSON.parse(line)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** For a POSIX shell. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
