import { createHash, randomBytes, randomInt } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { KitError } from "../errors.ts";
import { makeFolder, readOrCreate, writeJson } from "./data-folder.ts";
import type { Layout } from "./layout.ts";
import type { PlannedNode } from "./plan.ts";

const staffSchema = z.array(z.object({ name: z.string(), role: z.string(), passphrase: z.string(), language: z.string() }));
export type Staff = z.infer<typeof staffSchema>;

export interface NodeSecrets {
  readonly root: string;
  readonly staffFile: string;
  readonly staff: Staff;
  readonly speechTokenFile: string;
  readonly speechToken: string;
  readonly apiTokenFile: string;
  readonly apiToken: string;
  /** What a Jitsi given with `--meet` checks tokens by. */
  readonly meetSecretFile: string;
}

const token = () => randomBytes(32).toString("base64url");

/** Every secret of one node, each in a 0600 file, made on the first run and kept. */
export async function nodeSecrets(paths: Layout, node: PlannedNode): Promise<NodeSecrets> {
  const { directory, secrets, logs } = paths.node(node.code);
  for (const folder of [directory, secrets, logs]) await makeFolder(folder);
  const file = (name: string) => join(secrets, name);
  await readOrCreate(file("root.key"), () => `${randomBytes(32).toString("hex")}\n`);
  const language = node.region.languages.staff[0] ?? node.region.languages.fallback;
  const roles =
    node.role === "hub"
      ? ["operator", "epidemiologist", "administrator"]
      : ["clinician", "interpreter", "pharmacist", "coordinator", "administrator"];
  const staffText = await readOrCreate(
    file("staff.json"),
    () =>
      `${JSON.stringify(
        roles.map((role) => ({ name: role, role, passphrase: passphrase(), language })),
        null,
        2,
      )}\n`,
  );
  await readOrCreate(file("meet.secret"), () => `${token()}\n`);
  return {
    root: file("root.key"),
    staffFile: file("staff.json"),
    staff: parse(file("staff.json"), staffText, staffSchema),
    speechTokenFile: file("speech.token"),
    speechToken: (await readOrCreate(file("speech.token"), () => `${token()}\n`)).trim(),
    apiTokenFile: file("api.token"),
    apiToken: (await readOrCreate(file("api.token"), () => `yz_${token()}\n`)).trim(),
    meetSecretFile: file("meet.secret"),
  };
}

const identitySchema = z.object({
  node: z.string(),
  keyId: z.string(),
  signKey: z.string(),
  boxKey: z.string(),
  fingerprint: z.string(),
});

/** The hub's list of who may join, with the sum of each one-time token; the token itself only its station has. */
export async function writeInvitations(paths: Layout, hub: PlannedNode, stations: readonly PlannedNode[]): Promise<string> {
  const list: { node: string; tokenSha256: string }[] = [];
  for (const station of stations) {
    const joinToken = await joinTokenOf(paths, station);
    list.push({ node: station.code, tokenSha256: createHash("sha256").update(joinToken).digest("hex") });
  }
  const path = join(paths.node(hub.code).secrets, "invitations.json");
  await makeFolder(paths.node(hub.code).secrets);
  await writeJson(path, list);
  return path;
}

/** What a station needs to join: where the hub is, the token, and the hub's keys, compared here instead of by telephone. */
export async function writeInvitation(paths: Layout, hub: PlannedNode, hubUrl: string, station: PlannedNode): Promise<void> {
  const identityFile = paths.node(hub.code).identity;
  const identity = parse(identityFile, await readFile(identityFile, "utf8"), identitySchema);
  await writeJson(invitationFile(paths, station), { hubUrl, token: await joinTokenOf(paths, station), hub: identity });
}

export function invitationFile(paths: Layout, station: PlannedNode): string {
  return join(paths.node(station.code).secrets, "invitation.json");
}

async function joinTokenOf(paths: Layout, station: PlannedNode): Promise<string> {
  const { secrets } = paths.node(station.code);
  await makeFolder(secrets);
  return (await readOrCreate(join(secrets, "join.token"), () => `${token()}\n`)).trim();
}

function parse<T>(path: string, text: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new KitError("data-corrupt", { path }, error);
  }
}

const syllables = [
  "ba",
  "de",
  "fi",
  "go",
  "hu",
  "ja",
  "ke",
  "li",
  "mo",
  "nu",
  "pa",
  "re",
  "si",
  "to",
  "vu",
  "ya",
  "ze",
  "ni",
  "la",
  "du",
  "mi",
  "so",
  "ta",
  "wo",
  "ka",
  "ri",
  "po",
  "ne",
  "ga",
  "lu",
  "he",
  "di",
];

/** Four words of three syllables: 60 bits, easy to type on any keyboard. */
function passphrase(): string {
  const word = () => Array.from({ length: 3 }, () => syllables[randomInt(syllables.length)]).join("");
  return Array.from({ length: 4 }, word).join("-");
}
