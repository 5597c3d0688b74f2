import { benchObservation, benchPatient } from "@yizhan/store/bench";
import type { Asked } from "./client.ts";

export const measured = [
  "read",
  "search identifier",
  "search name",
  "create observation",
  "create patient",
  "transaction of 20",
] as const;
export type Measured = (typeof measured)[number];

/** What a client asks, at random over the patients with these ids. */
export function works(ids: readonly string[]): Readonly<Record<Measured, () => Asked>> {
  const number = () => Math.floor(Math.random() * ids.length);
  const any = () => ids[number()] ?? "";
  let next = ids.length;
  const post = (path: string, body: object): Asked => ({ method: "POST", path, body: JSON.stringify(body) });
  return {
    read: () => ({ method: "GET", path: `/fhir/Patient/${any()}` }),
    "search identifier": () => ({ method: "GET", path: `/fhir/Patient?identifier=urn:bench|B-${number()}` }),
    "search name": () => {
      const { name } = benchPatient(number()) as { name?: readonly { readonly family?: string }[] };
      const family = name?.[0]?.family?.split(" ")[1] ?? "";
      return { method: "GET", path: `/fhir/Patient?name=${encodeURIComponent(family)}` };
    },
    "create observation": () => post("/fhir/Observation", benchObservation(any())),
    "create patient": () => post("/fhir/Patient", benchPatient((next += 1))),
    "transaction of 20": () => {
      const patient = "urn:uuid:5e0c7d1a-3b0f-4a53-8c1e-1f4f3b6f0a01";
      const entry = (type: string, resource: object, fullUrl?: string) => ({
        ...(fullUrl === undefined ? {} : { fullUrl }),
        resource,
        request: { method: "POST", url: type },
      });
      const about = { ...benchObservation("x"), subject: { reference: patient } };
      return post("/fhir", {
        resourceType: "Bundle",
        type: "transaction",
        entry: [
          entry("Patient", benchPatient((next += 1)), patient),
          ...Array.from({ length: 19 }, () => entry("Observation", about)),
        ],
      });
    },
  };
}
