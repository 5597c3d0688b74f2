import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { KitError } from "../errors.ts";
import { writeWhole } from "../local/data-folder.ts";
import { hostVerb, type HostEvent, quoted } from "./host-verb.ts";
import type { RemoteHost } from "./ssh.ts";

export interface HandOverOptions {
  readonly country: string;
  /** Folder for the archive and the certificate, on this machine. */
  readonly folder: string;
  /** Public identity file of whom it is sealed for, on this machine; or a passphrase's file. */
  readonly sealedFor: { readonly kind: "recipient" | "passphrase"; readonly file: string };
  readonly onEvent?: (event: HostEvent) => void;
  readonly fetching: (size: number) => void;
  readonly destroying: () => void;
  readonly reached: (stage: "applied") => void;
}

export interface HandedOver {
  /** Path and sum of the sealed archive on this machine. */
  readonly archive: string;
  readonly sha256: string;
  /** Path of the host's signed certificate that its keys are destroyed. */
  readonly certificate: string;
}

const there = "/var/lib/yizhan/host/handover";

/**
 * A sealed archive of the station, fetched and compared byte for byte by its sum; only then is anything destroyed.
 * Throws `handover-damaged`, and what the installer says.
 */
export async function handOverStation(host: RemoteHost, options: HandOverOptions): Promise<HandedOver> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const name = `${options.country}-${randomBytes(4).toString("hex")}.handover`;
  const path = join(options.folder, name);
  const sealed = `${there}/${options.sealedFor.kind}`;
  const flag = options.sealedFor.kind === "recipient" ? "--recipient" : "--passphrase-file";
  await must(host, `umask 077 && mkdir -p ${there} && cat > ${sealed}`, await readFile(options.sealedFor.file, "utf8"));
  const remote = `${there}/${name}`;
  await hostVerb(host, "handover", {
    parameters: [flag, sealed, "--output", remote],
    ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }),
  });
  const [sum = "", size = "0"] = (await must(host, `sha256sum ${quoted(remote)} | cut -c 1-64; stat -c %s ${quoted(remote)}`))
    .trim()
    .split("\n");
  options.fetching(Number(size));
  await fetched(host, remote, path);
  if ((await sha256(path)) !== sum) {
    await rm(path, { force: true });
    throw new KitError("handover-damaged", { country: options.country, path });
  }
  options.destroying();
  options.reached("applied");
  const { result } = await hostVerb(host, "destroy", options.onEvent === undefined ? {} : { onEvent: options.onEvent });
  const certificate = join(options.folder, `${options.country}.certificate.json`);
  await writeWhole(certificate, `${JSON.stringify(z.looseObject({}).parse(result ?? {}), null, 2)}\n`);
  return { archive: path, sha256: sum, certificate };
}

async function must(host: RemoteHost, command: string, input?: string): Promise<string> {
  const { code, stdout, stderr } = await host.run(command, input === undefined ? {} : { input });
  if (code !== 0) throw new KitError("host-strange", { host: host.target.host, reason: stderr.trim() });
  return stdout;
}

/** Gigabytes go to the disk as they come, as Base64: a line is text for certain on every link. */
async function fetched(host: RemoteHost, remote: string, path: string): Promise<void> {
  const file = await open(`${path}.partial`, "w", 0o600);
  const writes: Promise<unknown>[] = [];
  let at = 0;
  try {
    const { code } = await host.run(`base64 -w 65536 ${quoted(remote)}`, {
      onLine: (line) => {
        const piece = Buffer.from(line, "base64");
        writes.push(file.write(piece, 0, piece.length, at));
        at += piece.length;
      },
    });
    await Promise.all(writes);
    await file.sync();
    if (code !== 0) throw new KitError("host-strange", { host: host.target.host, reason: `base64: ${code}` });
  } finally {
    await file.close();
  }
  await rename(`${path}.partial`, path);
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest("hex");
}
