import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestCase } from "../../apps/station/src/testing/station.ts";
import { type Fhir, openDoor } from "./door.ts";
import { fullRecord } from "./full-record.ts";
import { judge, type Verdict } from "./hapi.ts";

// What leaves the station is judged by HAPI's validator, all of it in one run of Java.
let verdicts: ReadonlyMap<string, Verdict>;
let close: () => Promise<void>;

beforeAll(async () => {
  const { station, fhir } = await openDoor();
  close = () => station.close();
  const made = (await fhir("POST", "", fullRecord)).body.entry as { resource: { resourceType: string; id: string } }[];
  const full = made[0]?.resource.id ?? "";
  const empty = String((await fhir("POST", "/Patient", { resourceType: "Patient" })).body.id);
  const summaries = {
    full: (await fhir("GET", `/Patient/${full}/$summary`)).body,
    "almost-empty": (await fhir("GET", `/Patient/${empty}/$summary`)).body,
  };
  await openTestCase(station);
  const core = { ...(await ofIntake(fhir)), ...(await answers(fhir, full)) };
  const wrong = { "wrong-code": { resourceType: "Patient", gender: "x" } };
  verdicts = await judge({ core: { ...core, ...wrong }, ips: { ...summaries, "no-summary": core.everything } });
}, 180_000);
afterAll(() => close());

/** What an intake makes. */
async function ofIntake(fhir: Fhir): Promise<Record<string, unknown>> {
  const types = ["Patient", "Consent", "QuestionnaireResponse", "ServiceRequest"];
  const found = await Promise.all(types.map(async (type) => [`intake-${type}`, await newest(fhir, type)] as const));
  return Object.fromEntries(found);
}

async function newest(fhir: Fhir, type: string): Promise<unknown> {
  const entries = (await fhir("GET", `/${type}?_sort=-_lastUpdated&_count=1`)).body.entry as { resource: unknown }[];
  return entries[0]?.resource;
}

/** What the server itself says. */
async function answers(fhir: Fhir, patient: string): Promise<Record<string, unknown>> {
  return {
    capability: (await fhir("GET", "/metadata")).body,
    outcome: (await fhir("GET", "/Patient?shoe-size=43")).body,
    everything: (await fhir("GET", `/Patient/${patient}/$everything`)).body,
    search: (await fhir("GET", `/Condition?patient=${patient}&_include=Condition:patient`)).body,
    history: (await fhir("GET", `/Patient/${patient}/_history`)).body,
    batch: (
      await fhir("POST", "", { resourceType: "Bundle", type: "batch", entry: [{ request: { method: "GET", url: "Patient/x" } }] })
    ).body,
  };
}

test.each(["full", "almost-empty"])("the summary of the %s patient passes HL7's IPS profile", (name) => {
  expect(verdicts.get(name)?.errors).toEqual([]);
});

test.each(["intake-Patient", "intake-Consent", "intake-QuestionnaireResponse", "intake-ServiceRequest"])(
  "%s is FHIR R4",
  (name) => {
    expect(verdicts.get(name)?.errors).toEqual([]);
  },
);

test.each(["capability", "outcome", "everything", "search", "history", "batch"])("%s is FHIR R4", (name) => {
  expect(verdicts.get(name)?.errors).toEqual([]);
});

test("the judge can say no", () => {
  expect(verdicts.get("wrong-code")?.errors.join()).toContain("gender");
  expect(verdicts.get("no-summary")?.errors.length).toBeGreaterThan(0);
});

test("warnings are counted", () => {
  const counts = [...verdicts].map(([name, { warnings }]) => `${name} ${warnings.length}`);
  process.stdout.write(`HAPI's warnings: ${counts.join(", ")}\n`);
  expect(verdicts.get("full")?.warnings.length).toBeLessThan(60);
});
