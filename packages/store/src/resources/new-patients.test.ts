import { makeRoot, memoryKeyStore, openVault } from "@yizhan/vault";
import { expect, test } from "vitest";
import { NewPatients } from "./new-patients.ts";

test("every id comes once, with a key that is durable already, a few steps for many", async () => {
  const keyStore = memoryKeyStore();
  const vault = await openVault({ country: "MZ", root: makeRoot(), keyStore });
  const patients = new NewPatients();
  let refused = 1;
  const put = keyStore.put.bind(keyStore);
  keyStore.put = async (key) => {
    if (refused-- > 0) throw new Error("the key store is away");
    return put(key);
  };
  await expect(patients.take(vault, "clinic", 1)).rejects.toThrow("away");
  const taken = await Promise.all([
    ...Array.from({ length: 40 }, () => patients.take(vault, "clinic", 1)),
    patients.take(vault, "clinic", 33),
    patients.take(vault, "elsewhere", 2),
  ]);
  const ids = taken.flat();
  expect(taken.map((some) => some.length)).toEqual([...Array.from({ length: 40 }, () => 1), 33, 2]);
  expect(new Set(ids).size).toBe(75);
  for (const id of ids.slice(0, 73)) expect(await keyStore.get(`clinic:${id}`)).toHaveLength(1);
  for (const id of ids.slice(73)) expect(await keyStore.get(`elsewhere:${id}`)).toHaveLength(1);
  vault.close();
});
