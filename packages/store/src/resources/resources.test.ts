import { type FhirResource, parseSearch, type ServedType } from "@yizhan/records";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Store } from "../store.ts";
import { overDatabases } from "../testing/databases.ts";
import { openTestStore } from "../testing/open.ts";

overDatabases("resources", (fresh) => {
  let store: Store;
  beforeAll(async () => {
    // Every write has a time of its own, so that their order is known.
    let last = 0;
    const now = () => (last = Math.max(last + 1, Date.now()));
    store = await openTestStore({ database: await fresh(), store: { now } });
  });
  afterAll(() => store.close());

  const resources = () => store.direct().resources;
  async function found(type: ServedType, query: string): Promise<string[]> {
    const result = await resources().search(parseSearch(type, new URLSearchParams(query)));
    return result.matches.map((version) => version.id);
  }
  async function person(name: object, extra: object = {}): Promise<string> {
    const made = await resources().create({ resourceType: "Patient", name: [name], ...extra } as FhirResource);
    return made.id;
  }

  test("keeps every version and refuses the slower of two writers", async () => {
    const first = await resources().create({ resourceType: "Patient", name: [{ text: "Amélia" }] });
    const second = await resources().update(first.id, { ...first.resource, active: true }, { expected: 1 });
    expect(second.version.version).toBe(2);
    await expect(resources().update(first.id, first.resource, { expected: 1 })).rejects.toMatchObject({
      code: "version-conflict",
    });
    expect((await resources().readVersion("Patient", first.id, 1))?.resource).toEqual(first.resource);
    expect(await resources().delete("Patient", first.id)).toBe(true);
    await expect(resources().read("Patient", first.id)).rejects.toMatchObject({ code: "gone" });
    const history = await resources().history("Patient", first.id);
    expect(history.map((entry) => [entry.version.version, entry.deleted])).toEqual([
      [3, true],
      [2, false],
      [1, false],
    ]);
    expect(await found("Patient", "name=amelia")).toEqual([]);
  });

  test("readers at the same moment share a statement, and each gets their own", async () => {
    const [one, two] = await Promise.all([person({ text: "Um" }), person({ text: "Dois" })]);
    const other = store.direct("elsewhere").resources;
    const reads = [one, "nobody", two, one].map((id) => resources().read("Patient", id));
    const got = await Promise.all([...reads, other.read("Patient", one)]);
    expect(got.map((version) => version?.resource.name?.[0]?.text)).toEqual(["Um", undefined, "Dois", "Um", undefined]);
  });

  test("finds names in many scripts as people type them", async () => {
    const people = {
      chinese: await person({ family: "欧阳", given: ["小明"] }),
      arabic: await person({ text: "مُحَمَّد أحمد" }),
      cyrillic: await person({ family: "Соловьёв", given: ["Артём"] }),
      khmer: await person({ text: "សុខ ចាន់ដារា" }),
      amharic: await person({ text: "አበበ ቢቂላ" }),
      portuguese: await person({ family: "Conceição", given: ["João"] }),
    };
    const typed: readonly (readonly [keyof typeof people, string])[] = [
      ["chinese", "小明"],
      ["chinese", "欧阳小明"],
      ["chinese", "阳小"],
      ["chinese", "明"],
      ["arabic", "محمد"],
      ["arabic", "احمد"],
      ["cyrillic", "соловьев"],
      ["cyrillic", "арт"],
      ["khmer", "ចាន់ដារា"],
      ["khmer", "សុខ"],
      ["amharic", "አበ"],
      ["amharic", "ቢቂላ"],
      ["portuguese", "JOAO concei"],
    ];
    for (const [who, name] of typed) {
      const words = name.split(" ").map((word): [string, string] => ["name", word]);
      expect(await found("Patient", new URLSearchParams(words).toString()), name).toEqual([people[who]]);
    }
    expect(await found("Patient", "name=大明")).toEqual([]);
    expect(await found("Patient", "name=conceicao,joao"), "found twice, listed once").toEqual([people.portuguese]);
  });

  test("follows references both ways and through a chain", async () => {
    const id = await person({ text: "Chipo Moyo" }, { identifier: [{ system: "urn:x", value: "A-17" }] });
    const subject = { reference: `Patient/${id}` };
    const code = { coding: [{ system: "http://loinc.org", code: "8867-4" }] };
    const pulse = await resources().create({
      resourceType: "Observation",
      status: "final",
      code,
      subject,
      effectiveDateTime: "2026-11-20T08:00:00+02:00",
    });
    expect(await found("Observation", "patient.identifier=urn:x|A-17&code=8867-4")).toEqual([pulse.id]);
    expect(await found("Observation", `patient=${id}&date=ge2026-11-20&date=lt2026-11-21`)).toEqual([pulse.id]);
    expect(await found("Observation", `patient=${id}&date=2026-10`)).toEqual([]);
    expect(await found("Observation", "patient.name=nobody")).toEqual([]);
    const included = await resources().search(
      parseSearch("Observation", [
        ["patient", id],
        ["_include", "Observation:patient"],
      ]),
    );
    expect(included.included.map((version) => version.id)).toEqual([id]);
    const reverse = await resources().search(
      parseSearch("Patient", [
        ["_id", id],
        ["_revinclude", "Observation:subject"],
      ]),
    );
    expect(reverse.included.map((version) => version.id)).toEqual([pulse.id]);
  });

  test("pages through all matches once, in either order", async () => {
    const made = await resources().createMany(
      Array.from({ length: 7 }, (_, at) => ({
        resource: { resourceType: "Organization", name: `Clinica Paging ${at}` } as const,
      })),
    );
    for (const sort of ["", "&_sort=_lastUpdated", "&_sort=-name"]) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const query = new URLSearchParams(`name=paging&_count=3${sort}`);
        if (cursor !== undefined) query.set("_cursor", cursor);
        const page = await resources().search(parseSearch("Organization", query));
        seen.push(...page.matches.map((version) => version.id));
        cursor = page.next;
      } while (cursor !== undefined);
      expect(seen.toSorted()).toEqual(made.map((version) => version.id).toSorted());
    }
    await expect(found("Organization", "_cursor=bm9wZQ")).rejects.toMatchObject({ code: "bad-cursor" });
  });

  test("tells what changed in whole types, page by page, deletions too, and of this tenant only", async () => {
    const { resources: kept } = store.direct("changing");
    const first = await kept.create({ resourceType: "Organization", name: "One" });
    const place = await kept.create({ resourceType: "Location", name: "Ward" });
    const renamed = await kept.update(first.id, { resourceType: "Organization", name: "One, renamed" });
    await kept.delete("Location", place.id);
    await resources().create({ resourceType: "Organization", name: "Not ours" });
    const pages = async (request: { readonly types: string[]; readonly id?: string; readonly since?: Date }) => {
      const seen: string[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await kept.changes({ ...request, count: 1, cursor });
        for (const { version, deleted } of page.entries)
          seen.push(`${version.type === "Location" ? "L" : "O"}${version.version}${deleted ? " gone" : ""}`);
        if (page.next === undefined) return seen;
        cursor = page.next;
      }
    };
    expect(await pages({ types: ["Organization", "Location"] })).toEqual(["L2 gone", "O2", "L1", "O1"]);
    expect(await pages({ types: ["Organization"] })).toEqual(["O2", "O1"]);
    expect(await pages({ types: ["Organization"], id: first.id })).toEqual(["O2", "O1"]);
    expect(await pages({ types: ["Location"], id: first.id })).toEqual([]);
    const since = renamed.version.updatedAt;
    expect(await pages({ types: ["Organization", "Location"], since })).toEqual(["L2 gone", "O2"]);
    await expect(kept.changes({ types: ["Location"], count: 1, cursor: "bm9wZQ" })).rejects.toMatchObject({ code: "bad-cursor" });
  });

  test("leaves nothing of a transaction that fails, and says no value in its error", async () => {
    const failure = await store
      .transaction(async (tx) => {
        await tx.resources.create({ resourceType: "Patient", name: [{ text: "Vanishing Person" }] }, "twice");
        await tx.resources.create({ resourceType: "Patient", name: [{ text: "Vanishing Person" }] }, "twice");
      })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "duplicate" });
    expect(JSON.stringify(failure) + String((failure as Error).stack)).not.toContain("twice");
    expect(await found("Patient", "name=vanishing")).toEqual([]);
    expect(await resources().read("Patient", "twice")).toBeUndefined();
  });

  test("keeps tenants apart", async () => {
    await person({ text: "Tenancy Test" });
    const elsewhere = await store.direct("another").resources.search(parseSearch("Patient", [["name", "tenancy"]]));
    expect(elsewhere.matches).toEqual([]);
  });

  test("forgets a patient: nothing opens, nothing is found, and repeating it is harmless", async () => {
    const id = await person({ text: "Forgettable Person" });
    await resources().create({
      resourceType: "Condition",
      subject: { reference: `Patient/${id}` },
      code: { text: "headache" },
    });
    await store.forget(id);
    await store.forget(id);
    expect(await found("Patient", "name=forgettable")).toEqual([]);
    await expect(resources().read("Patient", id)).rejects.toMatchObject({ code: "gone" });
    await expect(
      resources().create({ resourceType: "Condition", subject: { reference: `Patient/${id}` }, code: { text: "x" } }),
    ).rejects.toMatchObject({ code: "subject-forgotten" });
  });
});

test("refuses a search that would open every record", async () => {
  const store = await openTestStore();
  const items = Array.from({ length: 500 }, () => ({ resource: { resourceType: "Organization", active: true } as const }));
  for (let at = 0; at < 5; at += 1) await store.direct().resources.createMany(items);
  const search = store.direct().resources.search(parseSearch("Organization", [["active", "false"]]));
  await expect(search).rejects.toMatchObject({ code: "too-broad", hint: expect.stringContaining("narrows") as string });
  await store.close();
});
