import { mkdir } from "node:fs/promises";
import { automation } from "@pulumi/pulumi";
import { countryProgram } from "../program.ts";
import type { StackInput } from "../stack-input.ts";
import { engineError } from "./errors.ts";
import type { Engine } from "./find.ts";

/** Where a fleet's state is kept and by what its secrets are sealed. */
export interface StackPlace {
  /** Absolute folder with one folder a country: settings and the salt of its secrets. */
  readonly folder: string;
  /** `file:///…` or `s3://bucket/prefix`. */
  readonly backend: string;
  /** A file with the passphrase (0600), or the URL of a key such as `awskms://alias/yizhan?region=…`. */
  readonly secrets: { readonly kind: "passphrase"; readonly file: string } | { readonly kind: "kms"; readonly url: string };
  readonly pulumiHome: string;
}

/** How many resources: `same`, `create`, `update`, `delete`, `replace`. */
export type Changes = Readonly<Record<string, number>>;

export interface StackEvents {
  /** One resource begins or has ended. */
  readonly onStep?: (step: {
    readonly name: string;
    readonly operation: string;
    readonly state: "started" | "done" | "failed";
  }) => void;
  readonly signal?: AbortSignal;
}

/** One country's stack through the Automation API. Every failure is an EngineError. */
export class CountryStack {
  readonly #stack: automation.Stack;

  private constructor(stack: automation.Stack) {
    this.#stack = stack;
  }

  static async open(engine: Engine, place: StackPlace, input: StackInput): Promise<CountryStack> {
    const workDir = `${place.folder}/${input.country}`;
    await mkdir(workDir, { recursive: true, mode: 0o700 });
    const { secrets } = place;
    return guarded(async () => {
      const stack = await automation.LocalWorkspace.createOrSelectStack(
        { stackName: input.country, projectName: "yizhan", program: countryProgram(input) },
        {
          workDir,
          pulumiHome: place.pulumiHome,
          pulumiCommand: engine,
          secretsProvider: secrets.kind === "passphrase" ? "passphrase" : secrets.url,
          envVars: {
            PULUMI_BACKEND_URL: place.backend,
            PULUMI_SKIP_UPDATE_CHECK: "true",
            ...(secrets.kind === "passphrase" ? { PULUMI_CONFIG_PASSPHRASE_FILE: secrets.file } : {}),
          },
          projectSettings: { name: "yizhan", runtime: "nodejs", backend: { url: place.backend } },
        },
      );
      return new CountryStack(stack);
    });
  }

  async preview(events: StackEvents = {}): Promise<Changes> {
    return guarded(async () => (await this.#stack.preview(heard(events))).changeSummary);
  }

  async up(events: StackEvents = {}): Promise<{ changes: Changes; outputs: Readonly<Record<string, unknown>> }> {
    return guarded(async () => {
      const { outputs, summary } = await this.#stack.up(heard(events));
      return {
        changes: { ...summary.resourceChanges },
        outputs: Object.fromEntries(
          Object.entries(outputs).map(([key, output]) => [key, output.secret ? "[secret]" : output.value]),
        ),
      };
    });
  }

  /** What the provider finds differing from the state: AWS; a host's own files are the installer's to compare. */
  async drift(events: StackEvents = {}): Promise<Changes> {
    return guarded(async () => (await this.#stack.previewRefresh(heard(events))).changeSummary);
  }

  async destroy(events: StackEvents = {}): Promise<Changes> {
    return guarded(async () => ({ ...(await this.#stack.destroy(heard(events))).summary.resourceChanges }));
  }

  /** Takes the lock away that a killed run left; only after asking whether another operator is at work. */
  async unlock(): Promise<void> {
    await guarded(() => this.#stack.cancel());
  }
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw engineError(error);
  }
}

function heard({ onStep, signal }: StackEvents) {
  const step = (urn: string, operation: string, state: "started" | "done" | "failed") => {
    if (operation !== "same") onStep?.({ name: urn.split("::").at(-1) ?? urn, operation, state });
  };
  return {
    ...(signal === undefined ? {} : { signal }),
    onEvent: (event: automation.EngineEvent) => {
      if (event.resourcePreEvent !== undefined)
        step(event.resourcePreEvent.metadata.urn, event.resourcePreEvent.metadata.op, "started");
      if (event.resOutputsEvent !== undefined)
        step(event.resOutputsEvent.metadata.urn, event.resOutputsEvent.metadata.op, "done");
      if (event.resOpFailedEvent !== undefined)
        step(event.resOpFailedEvent.metadata.urn, event.resOpFailedEvent.metadata.op, "failed");
    },
  };
}
