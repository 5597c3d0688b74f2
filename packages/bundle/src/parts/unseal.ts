import type { Context } from "../context.ts";
import { jsonFile } from "../file.ts";
import { places } from "../places.ts";
import type { Site } from "../site.ts";
import type { Part } from "../types.ts";
import { unitFile } from "../unit-file.ts";

const mount = "run-yizhan-unsealed.mount";

/** Where the root lies that people unseal by hand, until the machine goes off. Undefined where it is unsealed without them. */
export function typedRoot({ unseal }: Pick<Site, "unseal">): string | undefined {
  return unseal.kind === "passphrase" || unseal.kind === "shares" ? `${places.unsealed}/root` : undefined;
}

/**
 * For a root that only people have: memory that no swap file ever gets, into which `yizhan-host unseal` puts what they typed.
 * What needs the root waits for it by its own condition, and is neither failed nor tried again until then.
 */
export function unsealPart({ region, site }: Context): Part | undefined {
  const root = typedRoot(site);
  if (root === undefined) return undefined;
  return {
    files: [
      jsonFile(`${places.etc}/unseal.json`, {
        ...site.unseal,
        country: region.code,
        root,
        kept: `${places.secrets}/root.json`,
      }),
      unitFile(mount, {
        Unit: { Description: "Memory for the root key that is never swapped" },
        // Whoever may look on may see whether a root is there; only systemd may read it.
        Mount: { What: "ramfs", Where: places.unsealed, Type: "ramfs", Options: "mode=0711,nosuid,nodev,noexec" },
        Install: { WantedBy: "multi-user.target" },
      }),
    ],
    units: [{ name: mount, enable: true, start: true, restartWhen: [], reload: false }],
  };
}
