import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isServedType } from "@yizhan/records";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fhir, openDoor } from "./door.ts";
import { hl7Package } from "./hapi.ts";
import { withoutServerParts } from "./server-parts.ts";

const folder = join(hl7Package("hl7.fhir.uv.ips"), "example");
const files = (await readdir(folder)).filter((name) => name.endsWith(".json") && isServedType(name.split("-")[0] ?? ""));

let fhir: Fhir;
let close: () => Promise<void>;
beforeAll(async () => {
  const door = await openDoor();
  fhir = door.fhir;
  close = () => door.station.close();
});
afterAll(() => close());

test("there are examples", () => expect(files.length).toBeGreaterThan(30));

test.each(files)("%s of HL7's IPS, posted, comes back unchanged", async (name) => {
  const example = JSON.parse(await readFile(join(folder, name), "utf8")) as { resourceType: string };
  const made = await fhir("POST", `/${example.resourceType}`, example);
  expect(made.status, JSON.stringify(made.body).slice(0, 500)).toBe(201);
  const read = await fhir("GET", `/${example.resourceType}/${String(made.body.id)}`);
  expect(withoutServerParts(read.body)).toEqual(withoutServerParts(example));
});
