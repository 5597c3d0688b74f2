import { makeRoot } from "./root/file.ts";
import { memoryKeyStore } from "./memory-key-store.ts";
import { openVault } from "./vault.ts";
import { randomBytes } from "./random.ts";
import { sodium } from "./sodium.ts";
import type { SealContext } from "./types.ts";

/** Operations a second, and how many times longer one takes than the bare libsodium call on as many bytes. */
export interface VaultBench {
  /** Text bytes per value. */
  readonly valueBytes: number;
  readonly sealsPerSecond: number;
  readonly opensPerSecond: number;
  readonly rawSealsPerSecond: number;
  readonly rawOpensPerSecond: number;
  readonly sealRatio: number;
  readonly openRatio: number;
  /** Bytes that sealing adds to the padded text. */
  readonly overheadBytes: number;
  readonly tokensPerSecond: number;
}

/**
 * Measures sealing and opening against a loop over `crypto_aead_xchacha20poly1305_ietf_*` alone, on as many
 * bytes as the padded text has, in turns, so that a busy machine slows both alike. Takes about `seconds`.
 */
export async function benchVault(options: { readonly valueBytes?: number; readonly seconds?: number } = {}): Promise<VaultBench> {
  const { valueBytes = 256, seconds = 4 } = options;
  const vault = await openVault({ country: "XX", root: makeRoot(), keyStore: memoryKeyStore() });
  const sealer = await vault.subject("0197a2f0-0000-7000-8000-000000000001", { create: true });
  const context: SealContext = {
    tenant: "clinic",
    table: "resource",
    column: "content",
    rowId: "0197a2f0-0000-7000-8000-000000000002",
    subject: sealer.subject,
    schemaVersion: 1,
    rowVersion: 1,
  };
  const text = randomBytes(valueBytes);
  const sealed = sealer.seal(context, text);
  const padded = randomBytes(sealed.length - 80);
  const [key, nonce, ad] = [randomBytes(32), randomBytes(24), randomBytes(160)];
  const raw = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(padded, ad, null, nonce, key);
  const index = { tenant: "clinic", table: "resource", column: "content", index: "name", bits: 12 };

  const rates = inTurns(seconds, {
    seal: () => sealer.seal(context, text),
    rawSeal: () => sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(padded, ad, null, nonce, key),
    open: () => sealer.open(context, sealed),
    rawOpen: () => sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, raw, ad, nonce, key),
    token: () => vault.indexToken(index, "mateus"),
  });
  vault.close();
  return {
    valueBytes,
    sealsPerSecond: rates.seal,
    opensPerSecond: rates.open,
    rawSealsPerSecond: rates.rawSeal,
    rawOpensPerSecond: rates.rawOpen,
    sealRatio: rates.rawSeal / rates.seal,
    openRatio: rates.rawOpen / rates.open,
    overheadBytes: sealed.length - padded.length,
    tokensPerSecond: rates.token,
  };
}

/** Runs each function for short turns, one after the other, the first turn uncounted; calls a second for each. */
function inTurns<Name extends string>(seconds: number, functions: Record<Name, () => unknown>): Record<Name, number> {
  const names = Object.keys(functions) as Name[];
  const turns = 8;
  const turn = (seconds * 1000) / (names.length * (turns + 1));
  const counts = new Map(names.map((name) => [name, { calls: 0, milliseconds: 0 }]));
  for (let round = 0; round <= turns; round += 1) {
    for (const name of names) {
      const started = performance.now();
      let calls = 0;
      let elapsed = 0;
      while (elapsed < turn) {
        for (let at = 0; at < 200; at += 1) functions[name]();
        calls += 200;
        elapsed = performance.now() - started;
      }
      const count = counts.get(name);
      if (round === 0 || count === undefined) continue;
      count.calls += calls;
      count.milliseconds += elapsed;
    }
  }
  const rate = (name: Name): number => {
    const { calls, milliseconds } = counts.get(name) ?? { calls: 0, milliseconds: 1 };
    return (calls / milliseconds) * 1000;
  };
  return Object.fromEntries(names.map((name) => [name, rate(name)])) as Record<Name, number>;
}
