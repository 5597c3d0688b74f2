import { randomUUID } from "node:crypto";
import {
  cloneJson,
  deeperThan,
  eachReference,
  type FhirResource,
  isObject,
  type JsonObject,
  mostDepth,
  parseJson,
  type ServedType,
} from "@yizhan/records";
import type { Version } from "@yizhan/store";
import { ownerOf } from "./access.ts";
import { refuseFileMark } from "./binary-file.ts";
import { type Held, idToUpdate, matchOne, notModified, patchWhere, removeWhere, updateWhere, withId } from "./conditional.ts";
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
import { bundleBytes, type BundleEntry } from "./bundle-bytes.ts";
import { etag, versionAddress } from "./links.ts";
import { asFhirError, FhirError, operationOutcome } from "./outcome.ts";
import { search } from "./search.ts";

/** Entries one bundle may hold. */
const mostEntries = 500;

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

interface Entry {
  readonly index: number;
  readonly method: Method;
  readonly type: ServedType;
  readonly id: string | undefined;
  /** `Type/id/_history` or one version of it. */
  readonly history: boolean;
  readonly vid: string | undefined;
  /** After `?`; undefined without one. */
  readonly query: string | undefined;
  readonly fullUrl: string | undefined;
  readonly resource: unknown;
  readonly ifMatch: string | undefined;
  readonly ifNoneExist: string | undefined;
  readonly held: Held;
}

type Answer = { readonly outcome: Outcome } | { readonly bundle: Uint8Array };

/** Reads a bundle's entries without doing anything yet. Throws 400. */
export function bundleEntries(body: unknown): {
  readonly type: "batch" | "transaction";
  readonly entries: readonly (Entry | FhirError)[];
} {
  if (!isObject(body) || body.resourceType !== "Bundle") throw new FhirError(400, "structure", "The body is not a Bundle.");
  if (deeperThan(body, mostDepth + 5)) throw new FhirError(400, "too-costly", "The bundle nests too deep.");
  if (body.type !== "batch" && body.type !== "transaction") {
    throw new FhirError(
      400,
      "value",
      "Only batch and transaction bundles are processed; others are stored at /fhir/Bundle.",
      "Bundle.type",
    );
  }
  const items = Array.isArray(body.entry) ? body.entry : [];
  if (items.length > mostEntries) throw new FhirError(413, "too-costly", `A bundle holds at most ${mostEntries} entries.`);
  const entries = items.map((item, index) => {
    try {
      return readEntry(item, index);
    } catch (error) {
      if (error instanceof FhirError) return error;
      throw error;
    }
  });
  return { type: body.type, entries };
}

function readEntry(item: unknown, index: number): Entry {
  const path = `Bundle.entry[${index}].request`;
  const request = isObject(item) ? item.request : undefined;
  if (!isObject(item) || !isObject(request) || typeof request.url !== "string") {
    throw new FhirError(400, "required", "The entry has no request.", path);
  }
  const method = request.method;
  if (method !== "GET" && method !== "POST" && method !== "PUT" && method !== "PATCH" && method !== "DELETE") {
    throw new FhirError(400, "value", "The entry's method is not known.", `${path}.method`);
  }
  const [place = "", query] = request.url.split("?", 2);
  const [type = "", id, history, vid] = place.replace(/^\//, "").split("/");
  if (history !== undefined && history !== "_history")
    throw new FhirError(400, "value", "The entry's address is not served.", `${path}.url`);
  const text = (name: string) => (typeof request[name] === "string" ? request[name] : undefined);
  return {
    index,
    method,
    type: servedType(type),
    id,
    history: history !== undefined,
    vid,
    query,
    fullUrl: typeof item.fullUrl === "string" ? item.fullUrl : undefined,
    resource: item.resource,
    ifMatch: text("ifMatch"),
    ifNoneExist: text("ifNoneExist"),
    held: { ifNoneMatch: text("ifNoneMatch"), ifModifiedSince: text("ifModifiedSince") },
  };
}

async function perform(work: Work, base: string, entry: Entry): Promise<Answer> {
  const { method, type, id, ifMatch, resource } = entry;
  if (method === "GET") return performRead(work, base, entry);
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

async function performRead(work: Work, base: string, entry: Entry): Promise<Answer> {
  const { type, id, vid, query, held } = entry;
  if (id === undefined) return { bundle: await search(work, base, type, new URLSearchParams(query ?? "")) };
  if (vid !== undefined) return { outcome: await vread(work, type, id, vid) };
  if (entry.history) return { bundle: await history(work, base, type, id) };
  const outcome = await read(work, type, id);
  const current = outcome.version !== undefined && notModified(outcome.version, held);
  return { outcome: current ? { ...outcome, status: 304 } : outcome };
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
export async function batch(runEntry: RunEntry, base: string, entries: readonly (Entry | FhirError)[]) {
  const answers: BundleEntry[] = [];
  for (const entry of entries) {
    try {
      if (entry instanceof FhirError) throw entry;
      const locks = conditions([entry]);
      answers.push(await runEntry(locks, async (work) => answerEntry(base, await perform(work, base, entry))));
    } catch (error) {
      const known = asFhirError(error);
      if (known === undefined) throw error;
      answers.push({ response: { status: String(known.status), outcome: operationOutcome(known.issues) } });
    }
  }
  return bundleBytes({ type: "batch-response" }, answers);
}

/** In the order FHIR says (3.1.0.11.2): delete, create, update, read. The caller gives one transaction's `work`. */
export async function transaction(work: Work, base: string, entries: readonly (Entry | FhirError)[]) {
  const failed = entries.find((entry) => entry instanceof FhirError);
  if (failed !== undefined) throw failed;
  const answers = new Map<number, Answer>();
  const all: Entry[] = [];
  for (const entry of entries) if (!(entry instanceof FhirError)) all.push(await resolved(work, entry));
  assertDistinct(all);
  const ordered = (...methods: Method[]) => all.filter((entry) => methods.includes(entry.method));

  for (const entry of ordered("DELETE")) answers.set(entry.index, await perform(work, base, entry));
  const creations = ordered("POST");
  const addresses = await assignIds(work, all, creations, answers);
  const rewrite = (resource: unknown) => rewritten(work, resource, addresses);
  const made = creations.filter((entry) => !answers.has(entry.index));
  for (const [at, version] of (await createAll(work, made, addresses, rewrite)).entries()) {
    const entry = made[at];
    if (entry !== undefined) answers.set(entry.index, { outcome: { status: 201, version } });
  }
  for (const entry of ordered("PUT")) {
    answers.set(entry.index, await perform(work, base, { ...entry, resource: await rewrite(entry.resource) }));
  }
  for (const entry of [...ordered("PATCH"), ...ordered("GET")]) answers.set(entry.index, await perform(work, base, entry));
  const answered = all.map((entry) => {
    const answer = answers.get(entry.index);
    if (answer === undefined) throw new FhirError(500, "exception", "An entry was not answered.");
    return answerEntry(base, answer);
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

function answerEntry(base: string, answer: Answer): BundleEntry {
  if ("bundle" in answer) return { resource: answer.bundle, response: { status: "200" } };
  const { status, version } = answer.outcome;
  if (version === undefined) return { response: { status: String(status) } };
  if (status === 304) return { response: { status: "304", etag: etag(version) } };
  return {
    fullUrl: `${base}/${version.type}/${version.id}`,
    resource: version.bytes,
    response: {
      status: String(status),
      location: versionAddress(base, version),
      etag: etag(version),
      lastModified: version.updatedAt.toISOString(),
    },
  };
}

/** Names of the locks under which conditions hold until what they decide is written. */
export function conditions(entries: readonly (Entry | FhirError)[]): string[] {
  const found = entries.flatMap((entry) => {
    if (entry instanceof FhirError) return [];
    const { method, type, id, query, ifNoneExist } = entry;
    if (ifNoneExist !== undefined) return [`${type}?${ifNoneExist}`];
    return id === undefined && method !== "GET" && method !== "POST" ? [`${type}?${query ?? ""}`] : [];
  });
  return [...new Set(found)].sort();
}
