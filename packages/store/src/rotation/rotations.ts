import type { Vault } from "@yizhan/vault";
import type { Scope } from "../scope.ts";
import { type RotateOptions, rotateIndexKey } from "./index-key.ts";
import { rotateRecordKeys } from "./record-keys.ts";
import { type RotationProgress, rotationPlace, type RotationState } from "./state.ts";

/** What can be exchanged: the blind index's key, every patient's key with the system's, or the root that wraps them all. */
export const rotationKinds = ["index", "records", "root"] as const;
export type RotationKind = (typeof rotationKinds)[number];

export interface Rotations {
  /** Goes as far as it can now; see each kind. Calling it again goes on. */
  rotate(kind: RotationKind, options: RotateOptions): Promise<RotationProgress>;
  /** What is under way. */
  state(kind: "index" | "records"): Promise<RotationState | undefined>;
  /** The numbers of the roots that some key is still wrapped with. */
  rootsInUse(): Promise<readonly number[]>;
}

/** Every exchange of keys of one node, through one door. `scope` is the node's own. */
export function openRotations(scope: Scope): Rotations {
  const { vault } = scope;
  return {
    rotate(kind, rotate) {
      if (kind === "index") return rotateIndexKey(scope, rotate);
      return kind === "records" ? rotateRecordKeys(scope, rotate) : rewrapAll(vault, rotate);
    },
    state: (kind) => rotationPlace(scope, `rotation/${kind}`).read(),
    rootsInUse: () => vault.keys.rootsInUse(),
  };
}

/** Wraps every key with the primary root; done when a pass from the beginning finds none left. Data and index do not change. */
async function rewrapAll({ keys }: Vault, { signal }: RotateOptions): Promise<RotationProgress> {
  let left: number;
  do {
    left = 0;
    let after: string | undefined;
    do {
      signal?.throwIfAborted();
      const page = await keys.rewrap(after, 200);
      left += page.moved + page.conflicts;
      after = page.after;
    } while (after !== undefined);
  } while (left > 0);
  return { done: true };
}
