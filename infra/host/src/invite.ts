import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { HostError } from "./errors.ts";
import { lstatOrNone, readOrNone, writeWhole } from "./files.ts";
import { paths } from "./paths.ts";
import { readState } from "./state.ts";

const listSchema = z.array(z.object({ node: z.string(), tokenSha256: z.string() }));
const configSchema = z.object({ publicUrl: z.url(), data: z.string(), invitations: z.string() });

/** What a station needs to join this hub, once. */
export interface Invitation {
  readonly hubUrl: string;
  readonly token: string;
  /** The hub's public keys. */
  readonly hub: unknown;
}

/** On the hub: expects a station, with a one-time token of which only the sum is kept. A second call for it replaces the first. */
export async function invite(node: string): Promise<Invitation> {
  if (!/^[A-Z]{2}$/.test(node)) throw new HostError("usage", "Name a country by its code: invite MZ.");
  const state = await readState();
  if (state?.role !== "hub") throw new HostError("not-installed", "This host is not the hub.");
  const config = configSchema.parse(JSON.parse(String(await readOrNone(join(paths.etc, "hub.json")))));
  const identity = await readOrNone(join(config.data, "identity.json"));
  if (identity === undefined) throw new HostError("unhealthy", "The hub has no identity yet: it has not started.");
  const token = randomBytes(32).toString("base64url");
  const before = await readOrNone(config.invitations);
  const list = before === undefined ? [] : listSchema.parse(JSON.parse(before.toString("utf8")));
  const tokenSha256 = createHash("sha256").update(token).digest("hex");
  const next = [...list.filter((one) => one.node !== node), { node, tokenSha256 }];
  const folder = await lstatOrNone(config.data);
  const owner = { uid: folder?.uid ?? 0, gid: folder?.gid ?? 0 };
  await writeWhole(config.invitations, `${JSON.stringify(next, null, 2)}\n`, 0o600, owner);
  return { hubUrl: config.publicUrl, token, hub: JSON.parse(identity.toString("utf8")) as unknown };
}
