import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StackInput } from "@yizhan/infra";
import type { TestHost } from "../support/host.ts";
import { standIn } from "./stand-in.ts";

/** The input of a stack for a booted host, with the stand-in for its installer. */
export async function stackInputFor(machine: TestHost, folder: string, digest = "a".repeat(64)): Promise<StackInput> {
  const manifest = join(folder, "manifest.json");
  const installer = join(folder, "yizhan-host");
  await writeFile(manifest, digest);
  await writeFile(installer, standIn, { mode: 0o755 });
  const inbox = "/var/lib/yizhan/host/inbox";
  return {
    country: "MZ",
    role: "station",
    size: "clinic",
    release: "1.0.0",
    target: {
      kind: "debian",
      host: machine.address,
      port: 22,
      user: "root",
      hostKey: machine.hostKey,
      identity: machine.identity,
    },
    names: { station: "mz.example.org" },
    digest,
    host: {
      inbox: [
        { from: manifest, to: `${inbox}/manifest.json` },
        { from: installer, to: `${inbox}/yizhan-host` },
      ],
      apply: `sh ${inbox}/yizhan-host apply`,
      health: `sh ${inbox}/yizhan-host status`,
      destroy: `sh ${inbox}/yizhan-host destroy`,
    },
    allowedRegions: [],
    alerts: {},
    backupDays: 14,
  };
}
