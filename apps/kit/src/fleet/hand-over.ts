import { mkdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { KitError } from "../errors.ts";
import { writeWhole } from "../local/data-folder.ts";
import { fetchFile, must } from "./fetch.ts";
import { hostVerb, type HostEvent } from "./host-verb.ts";
import type { RemoteHost } from "./ssh.ts";

export interface HandOverOptions {
  readonly country: string;
  /** Folder for the archive and the certificate, on this machine. */
  readonly folder: string;
  /** Public identity file of whom it is sealed for, on this machine; or a passphrase's file. */
  readonly sealedFor: { readonly kind: "recipient" | "passphrase"; readonly file: string };
  readonly onEvent?: (event: HostEvent) => void;
  readonly fetching: (size: number) => void;
}

export interface HandedOver {
  /** Path and sum of the sealed archive on this machine. */
  readonly archive: string;
  readonly sha256: string;
  /** Path of the host's signed certificate that its keys are destroyed. */
  readonly certificate: string;
}

const there = "/root/yizhan-handover";

const answerSchema = z.object({
  archive: z.string(),
  sha256: z.string(),
  size: z.number(),
  certificate: z.unknown(),
});

/**
 * The installer makes a sealed archive on the host's disk, then destroys the keys and everything else of the station,
 * and signs a certificate of it. The archive is fetched and compared by its sum; the one on the host stays.
 * Throws `handover-damaged`, and what the installer says.
 */
export async function handOverStation(host: RemoteHost, options: HandOverOptions): Promise<HandedOver> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  // Its public key is in it: the certificate is checked with that, when the station is no more.
  const { result: last } = await hostVerb(host, "status", { accept: [22] });
  await writeWhole(join(options.folder, `${options.country}.last-status.json`), `${JSON.stringify(last, null, 2)}\n`);
  const sealedFor = `${there}/${options.sealedFor.kind}`;
  const flag = options.sealedFor.kind === "recipient" ? "--recipient" : "--passphrase-file";
  await must(host, `umask 077 && mkdir -p ${there} && cat > ${sealedFor}`, await readFile(options.sealedFor.file, "utf8"));
  const { result } = await hostVerb(host, "handover", {
    parameters: [flag, sealedFor, "--output", there],
    ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }),
  });
  await must(host, `rm -f ${sealedFor}`);
  const made = answerSchema.parse(result);
  // First the small proof: it must not wait for gigabytes.
  const certificate = join(options.folder, `${options.country}.certificate.json`);
  await writeWhole(certificate, `${JSON.stringify(made.certificate, null, 2)}\n`);
  options.fetching(made.size);
  const archive = join(options.folder, basename(made.archive));
  if (!(await fetchFile(host, made.archive, archive, made.sha256))) {
    throw new KitError("handover-damaged", {
      country: options.country,
      path: made.archive,
      host: host.target.host,
      sha256: made.sha256,
    });
  }
  return { archive, sha256: made.sha256, certificate };
}
