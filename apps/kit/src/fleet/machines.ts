import { basename } from "node:path";
import { handedToMachine, madeForMachines, secretOfSpeech } from "@yizhan/bundle";
import { failureOf, type Failure } from "./failure.ts";
import { must } from "./fetch.ts";
import { type HostEvent, quoted, runInstaller } from "./host-verb.ts";
import { sitePath } from "./site.ts";
import { openHost, type RemoteHost, type SshTarget } from "./ssh.ts";
import type { Station } from "./stations.ts";
import type { Text } from "../text.ts";

/** Where the installer looks for what travels beside an archive. */
const given = "/var/lib/yizhan/host/inbox/given";

/** What became of one further machine of a station; the entry of the station holds one for each. */
export type MachineEntry<T extends object = object> = {
  readonly address: string;
  readonly role: "speech";
  readonly ok: boolean;
} & (T | { readonly error: Failure });

/** A machine's entry in a cell. */
export function machineLine(entry: MachineEntry<{ readonly ok: boolean; readonly changed?: readonly string[] }>): string {
  if ("error" in entry) return `${entry.address}: ${entry.error.message}`;
  return `${entry.address}: ${entry.changed?.length ?? 0}`;
}

/** The further machines of a station, as SSH reaches them. */
export function machinesOf(fleet: string, { site }: Pick<Station, "site">): SshTarget[] {
  return (site.machines?.speech ?? []).map(({ address, port, user, hostKey, identity }) => ({
    host: address,
    port,
    user,
    hostKey,
    ...(identity === undefined ? {} : { identity: sitePath(fleet, identity) }),
  }));
}

/**
 * Does `work` on each further machine, one after the other. One that fails holds up none of the others: it says in its entry what
 * happened.
 */
export async function eachMachine<T extends { readonly ok: boolean }>(
  fleet: string,
  station: Station,
  text: Text,
  work: (host: RemoteHost) => Promise<T>,
): Promise<MachineEntry<T>[]> {
  const entries: MachineEntry<T>[] = [];
  for (const target of machinesOf(fleet, station)) {
    const one = { address: target.host, role: "speech" as const };
    let host: RemoteHost | undefined;
    try {
      host = await openHost(target);
      entries.push({ ...one, ...(await work(host)) });
    } catch (error) {
      entries.push({ ...one, ok: false, error: failureOf(error, "asked", text) });
    } finally {
      await host?.close();
    }
  }
  return entries;
}

/**
 * What a station made for its machines: the token that it shows to them, and the certificate that they show to it, with its key.
 * Read from it over SSH; on this machine they are in memory alone.
 */
export async function madeByStation(host: RemoteHost): Promise<Map<string, Uint8Array>> {
  const handed = new Map<string, Uint8Array>();
  for (const [from, to] of [
    [secretOfSpeech, handedToMachine.token],
    [madeForMachines.certificate, handedToMachine.certificate],
    [madeForMachines.key, handedToMachine.key],
  ] as const)
    handed.set(basename(to), Buffer.from(await must(host, `cat ${from}`)));
  return handed;
}

/**
 * Brings to a machine what its station made anew, and has it put in place. Throws `upload-failed`, and what the installer says.
 */
export async function handTo(
  host: RemoteHost,
  handed: ReadonlyMap<string, Uint8Array>,
  onEvent: (event: HostEvent) => void,
): Promise<{ ok: boolean; changed: readonly string[]; result: unknown }> {
  for (const [name, content] of handed) {
    const path = `${given}/${quoted(name)}`;
    await must(host, `umask 077 && cat > ${path}.new && mv ${path}.new ${path}`, Buffer.from(content).toString("utf8"));
  }
  const { changed, result } = await runInstaller(host, "/usr/local/sbin/yizhan-host apply --inbox --json", { onEvent });
  return { ok: true, changed, result };
}
