import type { Version } from "@yizhan/store";

/** What the API answers in. */
export const jsonType = "application/fhir+json; charset=utf-8";

/** HTTP date, as `Last-Modified` wants it. */
export const httpDate = (at: Date): string => at.toUTCString();
export const etag = (version: { readonly version: number }): string => `W/"${version.version}"`;

/** Addresses of this server. `base` has no slash at its end: `https://station.example/fhir`. */
export function versionAddress(base: string, version: Pick<Version, "type" | "id" | "version">): string {
  return `${base}/${version.type}/${version.id}/_history/${version.version}`;
}
