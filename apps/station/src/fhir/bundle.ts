import { randomUUID } from "node:crypto";
import {
  cloneJson,
  eachReference,
  type FhirResource,
  isObject,
  type JsonObject,
  parseAnswer,
  parseJson,
  type Shape,
} from "@yizhan/records";
import type { Version } from "@yizhan/store";
import { ownerOf } from "./access.ts";
import { refuseFileMark } from "./binary-file.ts";
import { idToUpdate, matchOne, notModified, patchWhere, removeWhere, updateWhere, withId } from "./conditional.ts";
import { history } from "./history.ts";
import {
  create,
  ownerOfNew,
  type Outcome,
  patch,
  read,
  remove,
  resourceBody,
  servedType,
  update,
  vread,
  type Work,
} from "./interactions.ts";
import { resourceBytes } from "./answer.ts";
import { conditions, type Entry, type Method } from "./bundle-entry.ts";
import { bundleBytes, type BundleEntry } from "./bundle-bytes.ts";
import { etag, versionAddress } from "./links.ts";
import { asFhirError, FhirError, operationOutcome } from "./outcome.ts";
import type { Preference } from "./request.ts";
import { search } from "./search.ts";

/** How the answers of a bundle's entries are written. */
export interface Answering {
  readonly base: string;
  readonly wish: Preference;
}

type Answer =
  | { readonly outcome: Outcome; readonly read?: true; readonly shape?: Shape | undefined }
  | { readonly bundle: Uint8Array };

async function perform(work: Work, how: Answering, entry: Entry): Promise<Answer> {
  const { method, type, id, ifMatch, resource } = entry;
  if (method === "GET") return performRead(work, how, entry);
  if (method === "POST") return { outcome: await create(work, type, resource, entry.ifNoneExist) };
  const where = entry.query ?? "";
  if (method === "PUT") {
    return {
      outcome: await (id === undefined
        ? updateWhere(work, type, where, resource, ifMatch)
        : update(work, type, id, resource, ifMatch)),
    };
  }
  if (method === "PATCH") {
    const operations = patchBody(resource);
    return {
      outcome: await (id === undefined
        ? patchWhere(work, type, where, operations, ifMatch)
        : patch(work, type, id, operations, ifMatch)),
    };
  }
  return { outcome: await (id === undefined ? removeWhere(work, type, where, ifMatch) : remove(work, type, id, ifMatch)) };
}

async function performRead(work: Work, { base, wish }: Answering, entry: Entry): Promise<Answer> {
  const { type, id, vid, held } = entry;
  const query = new URLSearchParams(entry.query ?? "");
  if (entry.history && vid === undefined) return { bundle: await history(work, base, { type, id }, query) };
  if (id === undefined) return { bundle: await search(work, base, type, query, wish.lenient) };
  const { shape } = parseAnswer(type, query);
  const outcome = await (vid === undefined ? read(work, type, id) : vread(work, type, id, vid));
  const current = vid === undefined && outcome.version !== undefined && notModified(outcome.version, held);
  return { outcome: current ? { ...outcome, status: 304 } : outcome, read: true, shape };
}

/** A JSON Patch travels in a bundle as a Binary. Source: FHIR R4, 3.1.0.8.1. */
function patchBody(resource: unknown): unknown {
  const data = isObject(resource) && resource.resourceType === "Binary" ? resource.data : undefined;
  if (typeof data !== "string") throw new FhirError(400, "value", "A patch in a bundle is a Binary that holds the JSON Patch.");
  try {
    return parseJson(Buffer.from(data, "base64").toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw new FhirError(400, "structure", "The patch is not JSON.");
    throw error;
  }
}

/** Runs one entry's work; one with conditions in a transaction of its own that holds their locks. */
export type RunEntry = <T>(locks: readonly string[], run: (work: Work) => Promise<T>) => Promise<T>;

/** Every entry on its own: one that fails leaves the others as they are. */
export async function batch(runEntry: RunEntry, how: Answering, entries: readonly (Entry | FhirError)[]) {
  const answers: BundleEntry[] = [];
  for (const entry of entries) {
    try {
      if (entry instanceof FhirError) throw entry;
      const locks = conditions([entry]);
      answers.push(await runEntry(locks, async (work) => answerEntry(how, await perform(work, how, entry))));
    } catch (error) {
      const known = asFhirError(error);
      if (known === undefined) throw error;
      answers.push({ response: { status: String(known.status), outcome: operationOutcome(known.issues) } });
    }
  }
  return bundleBytes({ type: "batch-response" }, answers);
}

/** In the order FHIR says (3.1.0.11.2): delete, create, update, read. The caller gives one transaction's `work`. */
export async function transaction(work: Work, how: Answering, entries: readonly (Entry | FhirError)[]) {
  const failed = entries.find((entry) => entry instanceof FhirError);
  if (failed !== undefined) throw failed;
  const answers = new Map<number, Answer>();
  const all: Entry[] = [];
  for (const entry of entries) if (!(entry instanceof FhirError)) all.push(await resolved(work, entry));
  assertDistinct(all);
  const ordered = (...methods: Method[]) => all.filter((entry) => methods.includes(entry.method));

  for (const entry of ordered("DELETE")) answers.set(entry.index, await perform(work, how, entry));
  const creations = ordered("POST");
  const addresses = await assignIds(work, all, creations, answers);
  const rewrite = (resource: unknown) => rewritten(work, resource, addresses);
  const made = creations.filter((entry) => !answers.has(entry.index));
  for (const [at, version] of (await createAll(work, made, addresses, rewrite)).entries()) {
    const entry = made[at];
    if (entry !== undefined) answers.set(entry.index, { outcome: { status: 201, version } });
  }
  for (const entry of ordered("PUT")) {
    answers.set(entry.index, await perform(work, how, { ...entry, resource: await rewrite(entry.resource) }));
  }
  for (const entry of [...ordered("PATCH"), ...ordered("GET")]) answers.set(entry.index, await perform(work, how, entry));
  const answered = all.map((entry) => {
    const answer = answers.get(entry.index);
    if (answer === undefined) throw new FhirError(500, "exception", "An entry was not answered.");
    return answerEntry(how, answer);
  });
  return bundleBytes({ type: "transaction-response" }, answered);
}

/** An entry whose condition is judged, before anything is written, so that other entries can point at it. */
async function resolved(work: Work, entry: Entry): Promise<Entry> {
  const { method, type, query } = entry;
  if (entry.id !== undefined || method === "GET" || method === "POST") return entry;
  if (method === "PUT") {
    const id = await idToUpdate(work, type, query ?? "", entry.resource);
    return { ...entry, id, resource: withId(entry.resource, id) };
  }
  const match = await matchOne(work, type, query ?? "");
  return match === undefined ? entry : { ...entry, id: match.id };
}

function assertDistinct(entries: readonly Entry[]): void {
  const seen = new Set<string>();
  for (const { method, type, id } of entries) {
    if (id === undefined || method === "GET") continue;
    const name = `${type}/${id}`;
    if (seen.has(name)) throw new FhirError(400, "duplicate", "A transaction may change each resource once.");
    seen.add(name);
  }
}

/** Ids of what will be created, before anything is: entries may point at each other by `fullUrl`. */
async function assignIds(
  work: Work,
  all: readonly Entry[],
  creations: readonly Entry[],
  answers: Map<number, Answer>,
): Promise<ReadonlyMap<string, string>> {
  const addresses = new Map<string, string>();
  for (const entry of all) {
    if (entry.fullUrl !== undefined && entry.method === "PUT" && entry.id !== undefined)
      addresses.set(entry.fullUrl, `${entry.type}/${entry.id}`);
  }
  for (const entry of creations) {
    let address = `${entry.type}/${randomUUID()}`;
    const existing = entry.ifNoneExist === undefined ? undefined : await matchOne(work, entry.type, entry.ifNoneExist);
    if (existing !== undefined) {
      const owner = ownerOf(work.repositories.tenant, existing.subject);
      await work.access.demand("record.read", entry.type, owner);
      await work.access.audit("record.read", entry.type, [owner]);
      address = `${existing.type}/${existing.id}`;
      answers.set(entry.index, { outcome: { status: 200, version: existing } });
    }
    addresses.set(entry.fullUrl ?? `entry ${entry.index}`, address);
  }
  return addresses;
}

/** A copy with references to entries (`urn:uuid:…`) and conditional ones (`Patient?identifier=…`) made literal. */
async function rewritten(work: Work, resource: unknown, addresses: ReadonlyMap<string, string>): Promise<unknown> {
  if (!isObject(resource)) return resource;
  const copy = cloneJson(resource);
  const conditional: { reference: string }[] = [];
  eachReference(copy, (holder) => {
    const [target = "", fragment] = holder.reference.split("#", 2);
    const address = addresses.get(target);
    if (address !== undefined) holder.reference = fragment === undefined ? address : `${address}#${fragment}`;
    else if (target.includes("?")) conditional.push(holder);
  });
  for (const holder of conditional) {
    const [type = "", query = ""] = holder.reference.split("?", 2);
    const match = await matchOne(work, servedType(type), query);
    if (match === undefined) throw new FhirError(412, "not-found", "A conditional reference matches nothing.");
    holder.reference = `${match.type}/${match.id}`;
  }
  return copy;
}

async function createAll(
  { repositories, access }: Work,
  entries: readonly Entry[],
  addresses: ReadonlyMap<string, string>,
  rewrite: (resource: unknown) => Promise<unknown>,
): Promise<readonly Version[]> {
  const items: { resource: FhirResource; id: string }[] = [];
  for (const entry of entries) {
    const id = addresses.get(entry.fullUrl ?? `entry ${entry.index}`)?.split("/")[1] ?? randomUUID();
    const resource = { ...resourceBody(await rewrite(entry.resource), entry.type), id };
    refuseFileMark(resource as unknown as JsonObject);
    await access.demand("record.create", entry.type, await ownerOfNew(repositories, resource));
    items.push({ resource, id });
  }
  return repositories.resources.createMany(items, ({ type, subject, digest }) =>
    access.entries("record.create", type, [ownerOf(repositories.tenant, subject)], { digest }),
  );
}

function answerEntry({ base, wish }: Answering, answer: Answer): BundleEntry {
  if ("bundle" in answer) return { resource: answer.bundle, response: { status: "200" } };
  const { status, version } = answer.outcome;
  if (version === undefined) return { response: { status: String(status) } };
  const answered = answer.read === true ? "representation" : wish.answer;
  if (status === 304) return { response: { status: "304", etag: etag(version) } };
  return {
    fullUrl: `${base}/${version.type}/${version.id}`,
    ...(answered === "representation" ? { resource: resourceBytes(version, answer.shape) } : {}),
    response: {
      ...(answered === "OperationOutcome" ? { outcome: operationOutcome([]) } : {}),
      status: String(status),
      location: versionAddress(base, version),
      etag: etag(version),
      lastModified: version.updatedAt.toISOString(),
    },
  };
}
