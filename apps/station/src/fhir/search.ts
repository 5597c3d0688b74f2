import { may } from "@yizhan/access";
import { parseSearch, type ServedType } from "@yizhan/records";
import type { Version } from "@yizhan/store";
import { ownerOf } from "./access.ts";
import { type BundleEntry, bundleBytes } from "./bundle-bytes.ts";
import type { Work } from "./interactions.ts";
import { FhirError } from "./outcome.ts";

/** A searchset bundle. What the actor may not see is left out, and then no total is given. */
export async function search({ repositories, access }: Work, base: string, type: ServedType, query: URLSearchParams) {
  const request = parseSearch(type, query);
  if (!(await access.allows("record.search", type, undefined))) {
    await access.demand("record.search", type, undefined);
  }
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
  const link = [{ relation: "self", url: address(base, type, query) }];
  if (found.next !== undefined) link.push({ relation: "next", url: address(base, type, query, found.next) });
  return bundleBytes({ type: "searchset", ...(found.total !== undefined && whole ? { total: found.total } : {}), link }, [
    ...matches.map((one) => entry(base, one, "match")),
    ...included.map((one) => entry(base, one, "include")),
  ]);
}

function entry(base: string, version: Version, mode: "match" | "include"): BundleEntry {
  return { fullUrl: `${base}/${version.type}/${version.id}`, resource: version.bytes, search: { mode } };
}

function address(base: string, type: string, query: URLSearchParams, cursor?: string): string {
  const next = new URLSearchParams(query);
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
