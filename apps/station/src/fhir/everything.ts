import {
  parseAnswer,
  parseSearch,
  SearchError,
  searchParameters,
  servedTypes,
  type ServedType,
  type Shape,
} from "@yizhan/records";
import type { Version } from "@yizhan/store";
import { resourceBytes } from "./answer.ts";
import { bundleBytes } from "./bundle-bytes.ts";
import { instant } from "./history.ts";
import type { Work } from "./interactions.ts";
import { FhirError } from "./outcome.ts";

/** Resources one patient's whole record may hold in one answer. */
const mostEverything = 5_000;

/** The types whose resources name a patient, with the parameter that does. */
const compartment = servedTypes.flatMap((type) => {
  const parameters = searchParameters(type);
  const name = parameters.has("patient") ? "patient" : parameters.has("subject") ? "subject" : undefined;
  return name === undefined ? [] : [{ type, name }];
});

/** Where a page begins: in which type of the compartment, and after which of its resources. */
interface Place {
  readonly at: number;
  readonly after: string | undefined;
}

interface Wanted {
  readonly types: ReadonlySet<ServedType> | undefined;
  readonly since: string | undefined;
}

/** The patient and every current resource that names them. Throws 404, and 403 unless the actor may export. */
export async function everything(work: Work, patientId: string): Promise<Version[]> {
  const wanted = { types: undefined, since: undefined };
  const { found, next } = await collect(work, patientId, wanted, { at: -1, after: undefined }, mostEverything);
  if (next !== undefined) throw tooMuch();
  return found;
}

/** `$everything`, whole or in pages of `_count`. Throws what {@link everything} does, and for other parameters. */
export async function everythingPage(work: Work, base: string, patientId: string, query: URLSearchParams): Promise<Uint8Array> {
  const { shape, count, cursor, named } = parseAnswer(undefined, query, ["_since", "_type", "_count"]);
  const paged = query.has("_count");
  if (count === 0) throw new SearchError("bad-value", "_count");
  const since = instant(named.get("_since"))?.toISOString();
  const wanted = { types: typesOf(named.get("_type")), since };
  const from = cursor === undefined ? { at: -1, after: undefined } : readPlace(cursor);
  const { found, next } = await collect(work, patientId, wanted, from, paged ? count : mostEverything);
  if (!paged && next !== undefined) throw tooMuch();
  const link = [{ relation: "self", url: address(base, patientId, query) }];
  if (next !== undefined) link.push({ relation: "next", url: address(base, patientId, query, writePlace(next)) });
  const whole = cursor === undefined && next === undefined;
  return bundleBytes(
    { type: "searchset", ...(whole ? { total: found.length } : {}), link },
    found.map((one) => entry(base, one, shape)),
  );
}

function entry(base: string, version: Version, shape: Shape | undefined) {
  return {
    fullUrl: `${base}/${version.type}/${version.id}`,
    resource: resourceBytes(version, shape),
    search: { mode: version.type === "Patient" ? "match" : "include" },
  };
}

async function collect(
  work: Work,
  patientId: string,
  { types, since }: Wanted,
  from: Place,
  most: number,
): Promise<{ readonly found: Version[]; readonly next: Place | undefined }> {
  const { repositories, access } = work;
  const patient = await repositories.resources.read("Patient", patientId);
  if (patient === undefined) throw new FhirError(404, "not-found", "There is no such Patient.");
  await access.demand("record.read", "Patient", patientId);
  const found: Version[] = [];
  const old = since !== undefined && patient.updatedAt.toISOString() < since;
  if (from.at < 0 && !old && types?.has("Patient") !== false) found.push(patient);
  let { after } = from;
  let next: Place | undefined;
  for (let at = Math.max(from.at, 0); at < compartment.length && next === undefined; at += 1) {
    const part = compartment[at];
    if (part === undefined || types?.has(part.type) === false) continue;
    if (!(await access.allows("record.read", part.type, patientId))) continue;
    const request = parseSearch(part.type, [
      [part.name, `Patient/${patientId}`],
      ...(since === undefined ? [] : [["_lastUpdated", `ge${since}`] as const]),
    ]);
    do {
      const count = Math.min(most - found.length, 200);
      if (count === 0) {
        next = { at, after };
        break;
      }
      const page = await repositories.resources.search({ ...request, count, cursor: after });
      found.push(...page.matches);
      after = page.next;
    } while (after !== undefined);
  }
  await access.audit("record.export", "Patient", [patientId]);
  return { found, next };
}

function typesOf(text: string | undefined): ReadonlySet<ServedType> | undefined {
  if (text === undefined) return undefined;
  const names = text.split(",");
  const known = servedTypes.filter((type) => names.includes(type));
  if (known.length !== new Set(names).size) throw new SearchError("bad-value", "_type");
  return new Set(known);
}

function tooMuch(): FhirError {
  return new FhirError(400, "too-costly", `The record holds more than ${mostEverything} resources: ask for pages with _count.`);
}

/** Opaque to the client. */
function writePlace({ at, after }: Place): string {
  return Buffer.from(`${at}.${after ?? ""}`).toString("base64url");
}

function readPlace(text: string): Place {
  const [, at, after] = /^(\d{1,3})\.([\w-]*)$/.exec(Buffer.from(text, "base64url").toString("latin1")) ?? [];
  if (at === undefined) throw new SearchError("bad-value", "_cursor");
  return { at: Number(at), after: after === "" ? undefined : after };
}

function address(base: string, patientId: string, query: URLSearchParams, cursor?: string): string {
  const next = new URLSearchParams(query);
  if (cursor !== undefined) next.set("_cursor", cursor);
  return `${base}/Patient/${patientId}/$everything${next.size === 0 ? "" : `?${next.toString()}`}`;
}
