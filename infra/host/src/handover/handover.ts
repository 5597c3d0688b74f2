import { createHash } from "node:crypto";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { HostError } from "../errors.ts";
import { writeWhole } from "../files.ts";
import { paths } from "../paths.ts";
import type { Report } from "../progress.ts";
import { putFile } from "../put.ts";
import { takeSnapshot } from "../snapshot.ts";
import { readState } from "../state.ts";
import { type Certificate, certify } from "./certificate.ts";
import { destroyKeys, installedHere, removeEverything } from "./destroy.ts";
import { hostKey } from "./host-key.ts";
import { type Recipient, sealHandover } from "./seal.ts";

export interface HandedOver {
  readonly archive: string;
  readonly sha256: string;
  readonly size: number;
  readonly certificateFile: string;
  /** What the file holds, for whoever keeps it elsewhere too. */
  readonly certificate: Certificate;
}

/**
 * The end of a station: everything it holds in one archive sealed for whoever takes over, then its keys destroyed with a signed
 * certificate, then all of it removed. The archive is on the disk, whole, before the first key goes. Throws `not-installed`.
 */
export async function handOver(recipient: Recipient, output: string, report: Report): Promise<HandedOver> {
  const installed = await installedHere();
  const state = await readState();
  if (state === undefined || state.version === "") throw new HostError("not-installed", "Nothing was installed whole here.");
  const { key, publicKey } = await hostKey();
  report({ type: "step", step: "snapshot", state: "started" });
  const snapshot = await takeSnapshot(report, state, true);
  await mkdir(output, { recursive: true, mode: 0o700 });
  const archive = join(output, `${installed.country}.handover`);
  report({ type: "step", step: "archive", state: "started" });
  await putFile(sealHandover(installed.country, recipient, packed(snapshot.id)), archive, 0o600);
  const { size } = await stat(archive);
  const sha256 = await sumOfFile(archive);
  report({ type: "step", step: "keys", state: "started" });
  const keys = await destroyKeys(installed.country);
  const certificate = certificateOf();
  const path = join(output, `${installed.country}.destruction.json`);
  await writeWhole(path, `${JSON.stringify(certificate, null, 2)}\n`);
  report({ type: "step", step: "removal", state: "started" });
  await removeEverything(installed, report);
  return { archive, sha256, size, certificateFile: path, certificate };

  function certificateOf(): Certificate {
    return certify(
      {
        what: "yizhan-destruction",
        format: 1,
        country: installed.country,
        at: new Date().toISOString(),
        version: installed.version,
        handover: { file: `${installed.country}.handover`, size, sha256 },
        keys,
        databases: installed.bundle.databases.map((one) => one.name),
        statement: destroyedStatement,
      },
      key,
      publicKey,
    );
  }
}

/** Without handing anything over: only when it is asked for in so many words. */
export async function discard(output: string, report: Report): Promise<{ certificateFile: string; certificate: Certificate }> {
  const installed = await installedHere();
  const { key, publicKey } = await hostKey();
  const keys = await destroyKeys(installed.country);
  const body = {
    what: "yizhan-destruction" as const,
    format: 1 as const,
    country: installed.country,
    at: new Date().toISOString(),
    version: installed.version,
    keys,
    databases: installed.bundle.databases.map((one) => one.name),
    statement: destroyedStatement,
  };
  await mkdir(output, { recursive: true, mode: 0o700 });
  const certificateFile = join(output, `${installed.country}.destruction.json`);
  const certificate = certify(body, key, publicKey);
  await writeWhole(certificateFile, `${JSON.stringify(certificate, null, 2)}\n`);
  await removeEverything(installed, report);
  return { certificateFile, certificate };
}

const destroyedStatement =
  "The keys named were overwritten once and removed from this host; what was sealed with them here can no longer be opened here. " +
  "Copies made elsewhere (the handover archive, recovery shares, backups of this disk) are not covered.";

/** Databases, data, configuration and keys, as one tar. */
async function* packed(snapshot: string): AsyncGenerator<Buffer, void> {
  const child = spawn(
    "tar",
    ["-c", "--numeric-owner", "-C", "/", `${paths.snapshots}/${snapshot}`.slice(1), paths.etc.slice(1), paths.state.slice(1)],
    { stdio: ["ignore", "pipe", "pipe"], env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8" } },
  );
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk));
  const closed = once(child, "close");
  for await (const chunk of child.stdout) yield chunk as Buffer;
  const [code] = await closed;
  if (code !== 0) throw new HostError("step-failed", `tar ended with ${code}: ${stderr.trim()}`);
}

async function sumOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
