import type { FhirResource } from "@yizhan/records";
import type { SubjectSealer, Vault } from "@yizhan/vault";
import type { Store } from "./store.ts";

const families = ["Silva", "Macuácua", "Conceição", "Mondlane", "王", "欧阳", "Иванов", "محمد", "អ៊ុក", "አበበ", "Nyathi", "Okafor"];
const given = ["Ana", "João", "小明", "Артём", "أحمد", "Tendai", "Chidi", "ដារា", "ቢቂላ", "Zanele", "Peter", "Luísa"];
const syllables = ["ka", "lo", "mi", "ra", "te", "vu", "ze", "no", "shi", "ba", "du", "fe", "gi", "ho", "ju", "pe"];

/** The n-th of a made-up population: names in many scripts, an identifier `urn:bench|B-n`. */
export function benchPatient(n: number): FhirResource {
  const made = [n, n >> 4, n >> 8, n >> 12].map((bits) => syllables[bits & 15] ?? "").join("");
  return {
    resourceType: "Patient",
    identifier: [{ system: "urn:bench", value: `B-${n}` }],
    name: [{ family: `${families[n % families.length] ?? ""} ${made}`, given: [given[(n >> 3) % given.length] ?? ""] }],
    gender: n % 2 === 0 ? "female" : "male",
    birthDate: `${1940 + (n % 70)}-${String(1 + (n % 12)).padStart(2, "0")}-11`,
    telecom: [{ system: "phone", value: `+25884${String(n).padStart(7, "0")}` }],
  };
}

export function benchObservation(patientId: string): FhirResource {
  return {
    resourceType: "Observation",
    status: "final",
    code: { coding: [{ system: "http://loinc.org", code: "8867-4", display: "Heart rate" }] },
    subject: { reference: `Patient/${patientId}` },
    effectiveDateTime: "2026-11-20T08:00:00Z",
    valueQuantity: { value: 72, unit: "/min", system: "http://unitsofmeasure.org", code: "/min" },
  };
}

/** Puts `size` made-up patients into a store and gives their ids; `tell` hears how many are in it. */
export async function fillStore(store: Store, size: number, tell?: (filled: number) => void): Promise<string[]> {
  const ids: string[] = [];
  const { resources } = store.direct();
  for (let at = 0; at < size; at += 1_000) {
    // Several at once: they share the statements that make keys.
    const starts = Array.from({ length: Math.ceil(Math.min(1_000, size - at) / 50) }, (_, part) => at + part * 50);
    const parts = starts.map((start) =>
      resources.createMany(Array.from({ length: Math.min(50, size - start) }, (_, n) => ({ resource: benchPatient(start + n) }))),
    );
    for (const made of await Promise.all(parts)) ids.push(...made.map((version) => version.id));
    tell?.(ids.length);
  }
  return ids;
}

/** The same vault without sealing, for the comparison; index tokens stay, so that searches do the same work. */
export function unsealed(vault: Vault): Vault {
  const plain = (subject: string): SubjectSealer =>
    ({
      subject,
      keyVersion: 1,
      pseudonym: subject,
      seal: (_context: unknown, text: Uint8Array) => text,
      open: (_context: unknown, text: Uint8Array) => text,
    }) as unknown as SubjectSealer;
  return {
    country: vault.country,
    get indexVersion() {
      return vault.indexVersion;
    },
    keys: vault.keys,
    subject: (subject) => Promise.resolve(plain(subject)),
    station: (subject) => Promise.resolve(plain(subject)),
    indexToken: (spec, term) => vault.indexToken(spec, term),
    indexTokens: (spec, term) => vault.indexTokens(spec, term),
    forget: (subject) => vault.forget(subject),
    evict: (subject) => vault.evict(subject),
    refresh: () => vault.refresh(),
    close: () => undefined,
  };
}
