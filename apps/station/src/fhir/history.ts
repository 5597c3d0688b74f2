import type { ServedType } from "@yizhan/records";
import type { HistoryEntry } from "@yizhan/store";
import { ownerOf } from "./access.ts";
import { type BundleEntry, bundleBytes } from "./bundle-bytes.ts";
import type { Work } from "./interactions.ts";
import { etag } from "./links.ts";
import { FhirError } from "./outcome.ts";

/** A history bundle, the newest version first; a deletion is an entry without a resource. */
export async function history({ repositories, access }: Work, base: string, type: ServedType, id: string) {
  const entries = await repositories.resources.history(type, id);
  if (entries.length === 0) throw new FhirError(404, "not-found", `There is no such ${type}.`);
  const owners = new Set<string | undefined>();
  for (const entry of entries) if (!entry.deleted) owners.add(ownerOf(repositories.tenant, entry.version.subject));
  for (const owner of owners) await access.demand("record.read", type, owner);
  await access.audit("record.history", type, [...owners]);
  const link = [{ relation: "self", url: `${base}/${type}/${id}/_history` }];
  return bundleBytes(
    { type: "history", total: entries.length, link },
    entries.map((entry) => historyEntry(base, type, id, entry)),
  );
}

function historyEntry(base: string, type: string, id: string, entry: HistoryEntry): BundleEntry {
  const { version } = entry;
  const method = entry.deleted ? "DELETE" : version.version === 1 ? "POST" : "PUT";
  return {
    fullUrl: `${base}/${type}/${id}`,
    ...(entry.deleted ? {} : { resource: entry.version.bytes }),
    request: { method, url: method === "POST" ? type : `${type}/${id}` },
    response: {
      status: method === "POST" ? "201" : method === "PUT" ? "200" : "204",
      etag: etag(version),
      lastModified: version.updatedAt.toISOString(),
    },
  };
}
