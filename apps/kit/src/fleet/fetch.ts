import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { KitError } from "../errors.ts";
import { quoted } from "./host-verb.ts";
import type { RemoteHost } from "./ssh.ts";

/**
 * Brings a file of a host here. Answers whether it arrived whole, as its sum says: what did not is not kept.
 * Throws what the connection throws.
 */
export async function fetchFile(host: RemoteHost, remote: string, path: string, sha256: string): Promise<boolean> {
  const partial = `${path}.partial`;
  await streamed(host, remote, partial);
  if ((await sumOf(partial)) !== sha256) {
    await rm(partial, { force: true });
    return false;
  }
  await rename(partial, path);
  return true;
}

/** The sum of a file on a host, hex. */
export async function remoteSum(host: RemoteHost, path: string): Promise<string> {
  return (await must(host, `sha256sum < ${quoted(path)}`)).slice(0, 64);
}

/** A line of shell that has to succeed; answers what it printed. */
export async function must(host: RemoteHost, command: string, input?: string): Promise<string> {
  const { code, stdout, stderr } = await host.run(command, input === undefined ? {} : { input });
  if (code !== 0) throw new KitError("host-strange", { host: host.target.host, reason: stderr.trim() });
  return stdout;
}

/** Gigabytes go to the disk as they come, as Base64: a line is text for certain on every link. */
async function streamed(host: RemoteHost, remote: string, path: string): Promise<void> {
  const file = await open(path, "w", 0o600);
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
}

async function sumOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest("hex");
}
