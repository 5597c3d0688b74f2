import { expect, test } from "vitest";
import { hashPassphrase, passphraseCost, verifyPassphrase } from "./passphrase.ts";

const small = { memory: 64, passes: 1, parallelism: 1 };

test("a passphrase matches its hash, another does not", async () => {
  const stored = await hashPassphrase("correct horse battery");
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
  expect(await verifyPassphrase("correct horse battery", stored)).toEqual({ matches: true, outdated: false });
  expect(await verifyPassphrase("correct horse batterz", stored)).toEqual({ matches: false, outdated: false });
});

test("the hash is argon2id as others compute it", async () => {
  // From src/test.c of the reference implementation, github.com/P-H-C/phc-winner-argon2.
  const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  expect(await verifyPassphrase("password", reference)).toEqual({ matches: true, outdated: true });
});

test("a hash of another cost matches and is said to be outdated", async () => {
  expect(await verifyPassphrase("words", await hashPassphrase("words", small))).toEqual({ matches: true, outdated: true });
});

test("the same words in another Unicode form match", async () => {
  expect((await verifyPassphrase("cafe\u0301", await hashPassphrase("caf\u00e9", small), small)).matches).toBe(true);
});

test("an unknown user costs as much as a known one", async () => {
  const stored = await hashPassphrase("words");
  const time = async (hash: string | undefined) => {
    const started = performance.now();
    expect((await verifyPassphrase("guess", hash)).matches).toBe(false);
    return performance.now() - started;
  };
  const known = Math.min(await time(stored), await time(stored), await time(stored));
  const unknown = Math.min(await time(undefined), await time(undefined), await time(undefined));
  expect(unknown / known).toBeGreaterThan(0.5);
  expect(unknown / known).toBeLessThan(2);
});

test("what is no hash, or one that would exhaust the machine, never matches", async () => {
  const doctored = (await hashPassphrase("words", small)).replace("m=64", "m=99999999");
  for (const stored of ["", "plain", "$2b$10$abc", "$argon2id$v=19$m=64,t=1,p=1$$", doctored]) {
    expect(await verifyPassphrase("words", stored, small)).toEqual({ matches: false, outdated: false });
  }
  expect(passphraseCost.memory).toBeGreaterThanOrEqual(19_456);
});
