/** An entry of a bundle; its resource is FHIR JSON as UTF-8. */
export interface BundleEntry {
  readonly fullUrl?: string;
  readonly resource?: Uint8Array;
  readonly search?: object;
  readonly request?: object;
  readonly response?: object;
}

export interface BundleHead {
  readonly type: "searchset" | "history" | "batch-response" | "transaction-response";
  readonly total?: number;
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
}

/**
 * A bundle as UTF-8 JSON. Stored resources go into it as they are: they are not read and written once more, and
 * their numbers keep their precision. FHIR's JSON has no empty arrays: a bundle without entries has no `entry`.
 */
export function bundleBytes(head: BundleHead, entries: readonly BundleEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let text = JSON.stringify({ resourceType: "Bundle", ...head }).slice(0, -1);
  for (const [at, { fullUrl, resource, ...rest }] of entries.entries()) {
    text += at === 0 ? ',"entry":[{' : ",{";
    const members = fullUrl === undefined ? [] : [`"fullUrl":${JSON.stringify(fullUrl)}`];
    if (resource !== undefined) {
      parts.push(Buffer.from(`${text}${members.map((one) => `${one},`).join("")}"resource":`), resource);
      members.length = 0;
      text = "";
    }
    const after = JSON.stringify(rest).slice(1, -1);
    if (after !== "") members.push(after);
    text += resource === undefined || after === "" ? `${members.join(",")}}` : `,${members.join(",")}}`;
  }
  parts.push(Buffer.from(`${text}${entries.length === 0 ? "" : "]"}}`));
  return Buffer.concat(parts);
}
