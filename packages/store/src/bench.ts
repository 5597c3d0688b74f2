import { type FhirResource, parseSearch } from "@yizhan/records";
import { memoryKeyStore, openVault, type SubjectSealer, type Vault } from "@yizhan/vault";
import { migrate } from "./database/migrate.ts";
import { type DatabaseOptions, openDatabase } from "./database/open.ts";
import { stationMigrations } from "./migrations/index.ts";
import { openStore, type Store } from "./store.ts";
import { testRoot } from "./testing/open.ts";

export interface BenchStoreOptions {
  readonly database: DatabaseOptions;
  /** False stores records as they are, to see what sealing costs. Never outside a bench. */
  readonly sealing: boolean;
  /** Patients and observations in the database before the measured part; default 1,000. */
  readonly resources?: number;
  /** Seconds each measure runs; default 2. */
  readonly seconds?: number;
  /** Requests under way at once; default 8. */
  readonly clients?: number;
}

export interface Measure {
  readonly what: "create" | "read" | "search-name" | "search-identifier" | "transaction-20";
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
}

const families = ["Silva", "Macuácua", "Conceição", "Mondlane", "王", "欧阳", "Иванов", "محمد", "អ៊ុក", "አበበ", "Nyathi", "Okafor"];
const given = ["Ana", "João", "小明", "Артём", "أحمد", "Tendai", "Chidi", "ដារា", "ቢቂላ", "Zanele", "Peter", "Luísa"];
const syllables = ["ka", "lo", "mi", "ra", "te", "vu", "ze", "no", "shi", "ba", "du", "fe", "gi", "ho", "ju", "pe"];

function patient(n: number): FhirResource {
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

function observation(patientId: string): FhirResource {
  return {
    resourceType: "Observation",
    status: "final",
    code: { coding: [{ system: "http://loinc.org", code: "8867-4", display: "Heart rate" }] },
    subject: { reference: `Patient/${patientId}` },
    effectiveDateTime: "2026-11-20T08:00:00Z",
    valueQuantity: { value: 72, unit: "/min", system: "http://unitsofmeasure.org", code: "/min" },
  };
}

/** Fills a database and measures it. The database must be empty. */
export async function benchStore(options: BenchStoreOptions): Promise<readonly Measure[]> {
  const { resources: size = 1_000, seconds = 2, clients = 8 } = options;
  const database = await openDatabase(options.database);
  await migrate(database, stationMigrations);
  const sealed = await openVault({ country: "MZ", root: testRoot, keyStore: memoryKeyStore() });
  const store = openStore({ database, vault: options.sealing ? sealed : unsealed(sealed), tenantDefault: "bench" });
  const ids = await fill(store, size);
  const any = () => ids[Math.floor(Math.random() * ids.length)] ?? "";
  let next = size;
  const { resources } = store.direct();
  const number = () => Math.floor(Math.random() * ids.length);
  const measure = (what: Measure["what"], work: () => Promise<unknown>) => run(what, work, seconds, clients);
  const measures = [
    await measure("read", () => resources.read("Patient", any())),
    await measure("search-identifier", () =>
      resources.search(parseSearch("Patient", [["identifier", `urn:bench|B-${number()}`]])),
    ),
    await measure("search-name", () => {
      const [name] = (patient(number()) as { name: { family: string }[] }).name;
      return resources.search(parseSearch("Patient", [["name", name?.family.split(" ")[1] ?? ""]]));
    }),
    await measure("create", () => resources.create(observation(any()))),
    await measure("transaction-20", () =>
      store.transaction(async (tx) => {
        const { id } = await tx.resources.create(patient((next += 1)));
        await tx.resources.createMany(Array.from({ length: 19 }, () => ({ resource: observation(id) })));
      }),
    ),
  ];
  await store.close();
  sealed.close();
  return measures;
}

async function fill(store: Store, size: number): Promise<string[]> {
  const ids: string[] = [];
  const { resources } = store.direct();
  for (let at = 0; at < size; at += 500) {
    const items = Array.from({ length: Math.min(500, size - at) }, (_, n) => ({ resource: patient(at + n) }));
    ids.push(...(await resources.createMany(items)).map((version) => version.id));
  }
  return ids;
}

async function run(what: Measure["what"], work: () => Promise<unknown>, seconds: number, clients: number): Promise<Measure> {
  const times: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1_000;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < end) {
        const began = performance.now();
        await work();
        times.push(performance.now() - began);
      }
    }),
  );
  const elapsed = (performance.now() - start) / 1_000;
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { what, perSecond: times.length / elapsed, p50: at(0.5), p95: at(0.95) };
}

/** The same vault without sealing, for the comparison; index tokens stay, so that searches do the same work. */
function unsealed(vault: Vault): Vault {
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
