import type { Station } from "./stations.ts";

/**
 * Why a size may not be carried out where it is to stand; empty: it may. On AWS `national` is drawn over several
 * machines, and a bundle is for one machine: each would be a station of its own, with its own records and its own
 * keys, behind one name. See `docs/decisions/0008-a-station-on-aws-is-one-machine.md`.
 */
export function undividedSize({ site: { size, target } }: Pick<Station, "site">): string[] {
  return target.kind === "aws" && size === "national"
    ? ["size national on AWS: a station is not divided over machines; take size district, or a Debian server of size national"]
    : [];
}
