import type { IndexTerm } from "@yizhan/records";
import type { Vault } from "@yizhan/vault";

const columns = new Map<string, bigint>();

/** FNV-1a, 32 bits: names an index inside the 64 bits of a term. Source: IETF draft-eastlake-fnv. */
function columnBits(type: string, parameter: string): bigint {
  const name = `${type}.${parameter}`;
  let known = columns.get(name);
  if (known === undefined) {
    let hash = 0x811c9dc5;
    for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
    known = BigInt.asIntN(32, BigInt(hash)) << 32n;
    columns.set(name, known);
  }
  return known;
}

function asTerm(term: IndexTerm, token: Uint8Array): string {
  let low = 0;
  for (const byte of token) low = low * 256 + byte;
  return (columnBits(term.type, term.parameter) | BigInt(low)).toString();
}

function spec(tenant: string, term: IndexTerm) {
  return { tenant, table: "resource", column: term.type, index: term.parameter, bits: term.bits };
}

/** The terms to store: under the primary index key, each once. */
export function storedTerms(vault: Vault, tenant: string, terms: readonly IndexTerm[]): string[] {
  return [...new Set(terms.map((term) => asTerm(term, vault.indexToken(spec(tenant, term), term.text))))];
}

/** The terms to look for: under every index key in use. */
export function soughtTerms(vault: Vault, tenant: string, terms: readonly IndexTerm[]): string[] {
  return [
    ...new Set(terms.flatMap((term) => vault.indexTokens(spec(tenant, term), term.text).map((token) => asTerm(term, token)))),
  ];
}
