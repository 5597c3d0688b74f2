import { makeRoot } from "@yizhan/vault";
import { expect, test } from "vitest";
import { keepRoot, openRoot } from "./root.ts";

const words = { kind: "passphrase", country: "MZ" } as const;
const people = { kind: "shares", country: "MZ", people: 5, needed: 3 } as const;
const passphrase = "nine horses under the bridge";

test("a passphrase opens what was kept with it; another, an older one and another country's do not", async () => {
  const root = makeRoot();
  const { kept, shares } = await keepRoot(words, root, { passphrase });
  expect(shares).toEqual([]);
  const text = JSON.stringify(kept);
  expect(text).not.toContain(Buffer.from(root).toString("hex"));
  expect(await openRoot(words, text, { passphrase })).toEqual(root);
  const refused = { code: "unseal-refused", message: "This is not the passphrase." };
  await expect(openRoot(words, text, { passphrase: "Nine horses under the bridge" })).rejects.toMatchObject(refused);
  await expect(openRoot(words, text, {})).rejects.toMatchObject(refused);
  await expect(openRoot({ ...words, country: "KZ" }, text, { passphrase })).rejects.toMatchObject(refused);
  const anew = await keepRoot(words, root, { passphrase: "ten horses over the river" });
  await expect(openRoot(words, JSON.stringify(anew.kept), { passphrase })).rejects.toMatchObject(refused);
  await expect(keepRoot(words, root, { passphrase: "too short" })).rejects.toMatchObject({ code: "unseal-refused" });
});

test("three shares of five open; fewer, one twice, a mistyped and an old one do not, and the wrong one is named", async () => {
  const root = makeRoot();
  const { kept, shares } = await keepRoot(people, root, {});
  const text = JSON.stringify(kept);
  expect(shares).toHaveLength(5);
  const [one = "", two = "", three = "", four = ""] = shares;
  expect(await openRoot(people, text, { shares: [four, one, three] })).toEqual(root);
  const few = { code: "unseal-refused", message: expect.stringContaining("too few") };
  await expect(openRoot(people, text, { shares: [one, two] })).rejects.toMatchObject(few);
  await expect(openRoot(people, text, { shares: [one, two, one] })).rejects.toMatchObject(few);
  const slip = `${two.slice(0, 9)}${two[9] === "7" ? "8" : "7"}${two.slice(10)}`;
  await expect(openRoot(people, text, { shares: [one, slip, three] })).rejects.toMatchObject({
    message: expect.stringMatching(/^Share 2 as typed: /),
  });
  const anew = await keepRoot(people, root, {});
  await expect(openRoot(people, JSON.stringify(anew.kept), { shares: [one, two, three] })).rejects.toMatchObject({
    message: expect.stringMatching(/^Share 1 as typed: .*older set/),
  });
});
