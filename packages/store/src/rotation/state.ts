import { settings } from "../accounts/settings.ts";
import type { Scope } from "../scope.ts";

/** Where an exchange of keys stands; kept in the store, so that whoever goes on after an interruption knows. */
export interface RotationState {
  readonly step: "staged" | "promoted" | "swept";
  /** The new version of the index key; 0 for keys that each have a version of their own. */
  readonly version: number;
  /** Epoch milliseconds at which the step was reached. */
  readonly since: number;
  /** Where the pass that is under way goes on, by what it passes through. */
  readonly cursors: Readonly<Record<string, string>>;
}

export interface RotationPlace {
  read(): Promise<RotationState | undefined>;
  write(state: RotationState): Promise<void>;
  clear(): Promise<void>;
}

/** The state under one name. One process works at it at a time: whoever starts a second finds its changes refused. */
export function rotationPlace(scope: Scope, name: string): RotationPlace {
  const repository = settings(scope);
  return {
    async read() {
      return (await repository.get<RotationState | null>(name))?.value ?? undefined;
    },
    write: (state) => repository.put(name, state),
    clear: () => repository.put(name, null),
  };
}

/** How an exchange stands after as much was done as can be done now. */
export type RotationProgress =
  | { readonly done: true }
  /** It goes on by calling again, not before `at` (epoch milliseconds): other processes may still use the old keys. */
  | { readonly done: false; readonly step: RotationState["step"]; readonly at: number };
