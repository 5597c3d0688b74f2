import { runtime } from "@pulumi/pulumi";
import { LocalStore } from "@pulumi/pulumi/runtime/state.js";
import { countryProgram } from "../program.ts";
import { checkStackInput, type StackInput } from "../stack-input.ts";

/** Each run has a store of its own, as the Automation API gives one to each inline program; its types leave it out. */
declare module "@pulumi/pulumi/runtime/state.js" {
  export class LocalStore {
    settings: object;
  }
}

/** One resource as the program asks for it, with all it depends on made before. */
export interface Asked {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The provider's own name and id, where one was given. */
  readonly provider: string | undefined;
  /** False for our own components, which only group others. */
  readonly custom: boolean;
}

/** Does what the engine would, and answers the resource's outputs. A rejection stops all that depends on it. */
export type Maker = (asked: Asked) => Promise<Readonly<Record<string, unknown>>>;

/**
 * Runs the program of one country without Pulumi's engine: each resource goes to `make`, in the program's own order
 * of dependencies. Programs may run side by side in one process. Rejects with the first error of `make`.
 */
export async function runEngineless(input: StackInput, make: Maker): Promise<void> {
  checkStackInput(input);
  const failed = Promise.withResolvers<never>();
  // Only whoever waits below hears of it.
  failed.promise.catch(() => undefined);
  const run = async () => {
    await runtime.setMocks(
      {
        newResource: async ({ type, name, inputs, provider, custom }) => {
          try {
            const asked: Asked = {
              type,
              name,
              inputs,
              provider: provider === "" ? undefined : provider,
              custom: custom === true,
            };
            return { id: `${name}-id`, state: { ...inputs, ...(await make(asked)) } };
          } catch (error) {
            failed.reject(error);
            // What depends on it is never asked for: an answer that does not come is the only one that stops all of it.
            return new Promise(() => undefined);
          }
        },
        call: ({ token, inputs }) => (token === zonesToken ? { ...inputs, names: ["a", "b", "c"] } : inputs),
      },
      "yizhan",
      input.country,
      false,
    );
    await runtime.runInPulumiStack(countryProgram(input));
    await runtime.disconnect();
  };
  await Promise.race([globalThis.asyncLocalStorage.run(new LocalStore(), run), failed.promise]);
}

const zonesToken = "aws:index/getAvailabilityZones:getAvailabilityZones";
