import type { PublicIdentity } from "@yizhan/vault";
import { z } from "zod";
import { fromBase64, toBase64 } from "../canonical.ts";
import { base64, hash, instant, keyId, nodeCode, signature } from "../shapes.ts";

/** A node's public keys as JSON: what `identity.json` holds and what travels when it joins. */
export const identityShape = z.strictObject({
  node: nodeCode,
  keyId,
  signKey: base64(32),
  boxKey: base64(32),
  fingerprint: z.string().min(8).max(80).optional(),
});
export type IdentityJson = z.infer<typeof identityShape>;

/** What the kit gives a new station: where the hub is, the one-time token, and the hub's keys to compare. */
export const invitationShape = z.strictObject({
  hubUrl: z.url(),
  token: z.string().min(16).max(200),
  hub: identityShape.extend({ fingerprint: z.string().min(8).max(80) }),
});
export type Invitation = z.infer<typeof invitationShape>;

/** The hub's side of it: a list of whom it expects. */
export const expectedShape = z.array(z.strictObject({ node: nodeCode, tokenSha256: hash }));
export type Expected = z.infer<typeof expectedShape>[number];

/** Signed with the joining node's own key, so that a stolen token alone cannot name another's keys. */
export const joinShape = z.strictObject({
  v: z.literal(1),
  token: z.string().min(16).max(200),
  identity: identityShape.omit({ fingerprint: true }),
  /** Ed25519 key of the gateway that countersigns. */
  gatewayKey: base64(32),
  at: instant,
  keyId,
  signature,
});
export type Join = z.infer<typeof joinShape>;

/** The hub's countersignature: these keys belong to this node from now on. */
export const membershipShape = z.strictObject({
  v: z.literal(1),
  hub: nodeCode,
  member: identityShape.omit({ fingerprint: true }),
  gatewayKey: base64(32),
  joinedAt: instant,
  keyId,
  signature,
});
export type Membership = z.infer<typeof membershipShape>;

export function identityToJson(identity: PublicIdentity): Omit<IdentityJson, "fingerprint"> {
  return { node: identity.node, keyId: identity.keyId, signKey: toBase64(identity.signKey), boxKey: toBase64(identity.boxKey) };
}

export function identityFromJson(json: IdentityJson): PublicIdentity {
  return { node: json.node, keyId: json.keyId, signKey: fromBase64(json.signKey), boxKey: fromBase64(json.boxKey) };
}
