import { may } from "@yizhan/access";
import { parseSearch, type SearchRequest, type ServedType } from "@yizhan/records";
import type { Version } from "@yizhan/store";
import { ownerOf } from "./access.ts";
import { resourceBytes } from "./answer.ts";
import { type BundleEntry, bundleBytes } from "./bundle-bytes.ts";
import type { Work } from "./interactions.ts";
import { FhirError, operationOutcome } from "./outcome.ts";

/** A searchset bundle. What the actor may not see is left out, and then no total is given. */
export async function search(
  { repositories, access }: Work,
  base: string,
  type: ServedType,
  query: URLSearchParams,
  lenient = false,
): Promise<Uint8Array> {
  const request = parseSearch(type, query, { lenient });
  for (const asked of typesAsked(request)) await access.demand("record.search", asked, undefined);
  const found = await repositories.resources.search(request);
  const owners = new Set<string | undefined>();
  const visible = async (versions: readonly Version[]) => {
    const kept: Version[] = [];
    for (const version of versions) {
      const owner = ownerOf(repositories.tenant, version.subject);
      if (!(await access.allows("record.read", version.type, owner))) continue;
      owners.add(owner);
      kept.push(version);
    }
    return kept;
  };
  const matches = await visible(found.matches);
  const included = await visible(found.included);
  await access.audit("record.search", type, owners.size === 0 ? [undefined] : [...owners]);
  // A total over records that the actor may not see would answer what they may not ask.
  const unseen = { tenant: repositories.tenant, type, subject: "anyone" };
  const whole =
    may(access.actor, "record.read", unseen) ||
    (request.count > 0 && found.next === undefined && matches.length === found.matches.length);
  const total = whole && !request.hidesTotal ? found.total : undefined;
  const link = [{ relation: "self", url: address(base, type, query, request) }];
  if (found.next !== undefined) link.push({ relation: "next", url: address(base, type, query, request, found.next) });
  return bundleBytes({ type: "searchset", ...(total === undefined ? {} : { total }), link }, [
    ...matches.map((one) => entry(base, one, "match", resourceBytes(one, request.shape))),
    ...included.map((one) => entry(base, one, "include", resourceBytes(one, undefined))),
    ...leftOut(request.ignored),
  ]);
}

/** A search through records of another type tells what they hold: whoever asks must be allowed to ask those too. */
function typesAsked(request: Pick<SearchRequest, "type" | "has" | "chains">): Set<ServedType> {
  const types = new Set([request.type, ...request.chains.map((chain) => chain.type)]);
  for (const has of request.has) for (const type of typesAsked({ type: has.source, has: has.has, chains: [] })) types.add(type);
  return types;
}

function entry(base: string, version: Version, mode: "match" | "include", resource: Uint8Array): BundleEntry {
  return { fullUrl: `${base}/${version.type}/${version.id}`, resource, search: { mode } };
}

/** What a client that asked for leniency is told of what was not understood. Source: FHIR R4, 3.1.1.3.3. */
function leftOut(names: readonly string[]): BundleEntry[] {
  if (names.length === 0) return [];
  const issues = names.map((name) => ({
    severity: "warning" as const,
    code: "not-supported" as const,
    text: `The search parameter ${name.slice(0, 60)} is not known here and was left out.`,
    path: undefined,
  }));
  return [{ resource: Buffer.from(JSON.stringify(operationOutcome(issues))), search: { mode: "outcome" } }];
}

/** The search as it was understood. */
function address(base: string, type: string, query: URLSearchParams, { ignored }: SearchRequest, cursor?: string): string {
  const next = new URLSearchParams([...query].filter(([name]) => !ignored.includes(name)));
  if (cursor !== undefined) next.set("_cursor", cursor);
  const text = next.toString();
  return `${base}/${type}${text === "" ? "" : `?${text}`}`;
}

/** The parameters of a search that came as a form. Throws 415. */
export async function formParameters(request: { header(name: string): string | undefined; text(): Promise<string> }) {
  if (!(request.header("content-type") ?? "").startsWith("application/x-www-form-urlencoded")) {
    throw new FhirError(415, "not-supported", "POST _search takes application/x-www-form-urlencoded.");
  }
  return new URLSearchParams(await request.text());
}
