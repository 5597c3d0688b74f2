import { readBundle } from "./bundle.ts";
import { readOrNone } from "./files.ts";
import { hostKey } from "./handover/host-key.ts";
import { type Holder, lockHolder } from "./lock.ts";
import { paths } from "./paths.ts";
import { listSnapshots, type Snapshot } from "./snapshot.ts";
import { readState } from "./state.ts";
import { askHealth, type HealthResult } from "./steps/health.ts";
import { unitState } from "./steps/units.ts";
import { isSealed, unsealSettings } from "./unseal/settings.ts";

export interface HostStatus {
  readonly installed: boolean;
  readonly country?: string;
  readonly version?: string;
  readonly sequence?: number;
  readonly appliedAt?: string;
  readonly digest?: string;
  readonly fingerprint?: string;
  /** Of the key that signs what this host says of itself; Ed25519, base64. Keep it: a certificate of destruction is checked by it. */
  readonly hostKey?: string;
  /** An installation that was cut off and waits to be run again. */
  readonly unfinished?: string;
  readonly lock?: Holder;
  /** It waits for people who unseal it; absent where nobody has to. */
  readonly sealed?: boolean;
  readonly healthy: boolean;
  readonly health: readonly HealthResult[];
  readonly units: readonly { readonly name: string; readonly active: string; readonly well: boolean }[];
  readonly snapshots: readonly Snapshot[];
}

export async function hostStatus(): Promise<HostStatus> {
  const state = await readState();
  const lock = await lockHolder();
  const held = lock === undefined ? {} : { lock };
  const text = await readOrNone(paths.bundle);
  if (state === undefined || text === undefined) {
    const unfinished = state?.applying === undefined ? {} : { unfinished: state.applying.version };
    return { installed: false, healthy: false, health: [], units: [], snapshots: [], ...held, ...unfinished };
  }
  const bundle = readBundle(text.toString("utf8"));
  const sealed = (await unsealSettings()) === undefined ? undefined : await isSealed();
  const health = await askHealth(bundle);
  const units = await Promise.all(
    bundle.units
      .filter((unit) => unit.start)
      .map(async ({ name }) => {
        const { active, well } = await unitState(name);
        return { name, active, well };
      }),
  );
  return {
    installed: true,
    country: state.country,
    version: state.version,
    sequence: state.sequence,
    appliedAt: state.appliedAt,
    digest: state.digest,
    fingerprint: state.fingerprint,
    hostKey: (await hostKey()).publicKey,
    ...(state.applying === undefined ? {} : { unfinished: state.applying.version }),
    ...held,
    ...(sealed === undefined ? {} : { sealed }),
    healthy: sealed !== true && health.every((one) => one.ok) && units.every((unit) => unit.well),
    health,
    units,
    snapshots: await listSnapshots(),
  };
}
