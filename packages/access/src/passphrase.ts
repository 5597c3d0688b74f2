import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(argon2);

/** argon2id's cost: memory in KiB, passes, lanes. */
export interface PassphraseCost {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/**
 * 64 MiB and three passes, RFC 9106's second recommendation with one lane: a small server has few
 * cores to give. About 0.15 s on one.
 */
export const passphraseCost: PassphraseCost = { memory: 65_536, passes: 3, parallelism: 1 };

/** What is accepted from storage: above this a doctored hash would only exhaust the machine. */
const most: PassphraseCost = { memory: 1_048_576, passes: 16, parallelism: 16 };

interface Parsed {
  readonly cost: PassphraseCost;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const phc = /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/** Hashes a passphrase; the result is a PHC string (`$argon2id$v=19$m=…,t=…,p=…$salt$hash`). */
export async function hashPassphrase(passphrase: string, cost: PassphraseCost = passphraseCost): Promise<string> {
  const salt = randomBytes(16);
  const hash = await run(passphrase, salt, cost, 32);
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${base64(salt)}$${base64(hash)}`;
}

export interface Verified {
  readonly matches: boolean;
  /** True where it matches but was made with another cost than today's: hash it anew and store that. */
  readonly outdated: boolean;
}

/**
 * Compares a passphrase with a stored PHC string. Without one (an unknown user) the same work is done
 * and the answer is no, so that the time taken does not tell which names exist.
 */
export async function verifyPassphrase(
  passphrase: string,
  stored: string | undefined,
  cost: PassphraseCost = passphraseCost,
): Promise<Verified> {
  const parsed = stored === undefined ? undefined : parse(stored);
  const salt = parsed?.salt ?? Buffer.alloc(16);
  const hash = await run(passphrase, salt, parsed?.cost ?? cost, parsed?.hash.length ?? 32);
  const matches = parsed !== undefined && timingSafeEqual(hash, parsed.hash);
  return { matches, outdated: matches && !sameCost(parsed.cost, cost) };
}

function parse(stored: string): Parsed | undefined {
  const [, memory, passes, parallelism, salt, hash] = phc.exec(stored) ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  if (cost.memory > most.memory || cost.passes > most.passes || cost.parallelism > most.parallelism) return undefined;
  if (cost.memory < 8 * cost.parallelism || cost.passes < 1 || cost.parallelism < 1) return undefined;
  return { cost, salt: Buffer.from(salt, "base64"), hash: Buffer.from(hash, "base64") };
}

function run(passphrase: string, nonce: Buffer, cost: PassphraseCost, tagLength: number): Promise<Buffer> {
  // NFKC, so that the same words typed on another keyboard are the same bytes.
  const message = Buffer.from(passphrase.normalize("NFKC"), "utf8");
  return derive("argon2id", { message, nonce, tagLength, ...cost });
}

function sameCost(a: PassphraseCost, b: PassphraseCost): boolean {
  return a.memory === b.memory && a.passes === b.passes && a.parallelism === b.parallelism;
}

function base64(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}
