import type { Identity } from "@yizhan/vault";
import { sha256 } from "../canonical.ts";
import { FederationError } from "../errors.ts";
import { signatureFits } from "../signed.ts";
import { type BodyItem, unpackBody } from "./body.ts";
import { bodySchema, type Header } from "./header.ts";
import type { Envelope } from "./wire.ts";

/** The keys that a sender joined with. */
export interface SenderKeys {
  readonly signKey: Uint8Array;
  readonly gatewayKey: Uint8Array;
}

/**
 * Checks that an envelope is what its sender and its sender's gateway signed. Throws
 * `signature-wrong`, `gateway-signature-wrong`, `ciphertext-wrong`.
 */
export function checkEnvelope({ header, sealed }: Envelope, keys: SenderKeys): void {
  const { gatewaySignature, ...withSignature } = header;
  const { signature, ...unsigned } = withSignature;
  if (!signatureFits(keys.signKey, "envelope", unsigned, signature)) {
    throw new FederationError("signature-wrong", "the envelope was not signed by the node it names");
  }
  if (!signatureFits(keys.gatewayKey, "gateway", withSignature, gatewaySignature)) {
    throw new FederationError("gateway-signature-wrong", "the envelope was not countersigned by its sender's gateway");
  }
  if (sha256(sealed) !== header.ciphertextHash) {
    throw new FederationError("ciphertext-wrong", "the body is not the one that was signed");
  }
}

/** Opens a checked envelope. Throws `not-for-us`, `malformed`, `schema-unknown`. */
export function openEnvelope({ header, sealed }: Envelope, recipient: Identity): readonly BodyItem[] {
  if (header.schema !== bodySchema)
    throw new FederationError("schema-unknown", "a body of a schema that this program does not know");
  let packed: Uint8Array;
  try {
    packed = recipient.openSealed(sealed);
  } catch (cause) {
    throw new FederationError("not-for-us", "the body was sealed to another key", { cause });
  }
  const items = unpackBody(packed);
  if (items.length !== header.count)
    throw new FederationError("malformed", "the body holds another number of events than the header says");
  const present = new Set(items.flatMap((item) => ("withheld" in item ? [] : [item.class])));
  const told: ReadonlySet<string> = new Set<string>(header.classes);
  if (present.size !== told.size || [...present].some((name) => !told.has(name))) {
    throw new FederationError("malformed", "the body holds other classes than the header says");
  }
  return items;
}

export type { Header };
