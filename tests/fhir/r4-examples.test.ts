import { servedTypes } from "@yizhan/records";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fhir, openDoor } from "./door.ts";
import { type Example, r4Examples } from "./r4-examples.ts";
import { withoutServerParts } from "./server-parts.ts";

/** What is wrong with an example itself, or what a station does not carry even inside a bundle. */
const refused: Readonly<Record<string, string>> = {
  "Binary-example.json": "its data is cut off with dots",
  "Questionnaire-qs1.json": "an item has no linkId",
  "Questionnaire-gcs.json": "contains a ValueSet",
  "Bundle-ussg-fht.json": "carries a ValueSet",
  "Bundle-conceptmaps.json": "carries ConceptMaps",
  "Bundle-externals.json": "carries CodeSystems",
  "Bundle-hla-1.json": "carries MolecularSequences",
  "Bundle-registry.json": "carries NamingSystems",
  "Bundle-10bb101f-a121-4264-a920-67be9cb82c74.json": "a message",
  "Bundle-3a0707d3-549e-4467-b8b8-5a2ab3800efe.json": "a message",
};

let fhir: Fhir;
let close: () => Promise<void>;
let examples: ReadonlyMap<string, readonly Example[]>;
beforeAll(async () => {
  examples = await r4Examples(servedTypes);
  const door = await openDoor();
  fhir = door.fhir;
  close = () => door.station.close();
  // The archive is fetched once, over whatever line there is.
}, 900_000);
afterAll(() => close());

test.each(servedTypes)("HL7's R4 examples of %s, posted, come back unchanged", async (type) => {
  const all = examples.get(type) ?? [];
  expect(all.length).toBeGreaterThan(0);
  for (const { name, resource } of all) {
    const made = await fhir("POST", `/${type}`, resource);
    if (refused[name] !== undefined) {
      expect([made.status, made.body.resourceType], `${name}: ${refused[name]}`).toEqual([422, "OperationOutcome"]);
      continue;
    }
    expect(made.status, `${name} ${JSON.stringify(made.body).slice(0, 300)}`).toBe(201);
    const read = await fhir("GET", `/${type}/${String(made.body.id)}`);
    expect(withoutServerParts(read.body), name).toEqual(withoutServerParts(resource));
  }
});
