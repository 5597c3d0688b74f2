import { fingerprint, type Identity, type PublicIdentity, publicIdentity } from "@yizhan/vault";
import { digestOf, toBase64 } from "../canonical.ts";
import type { Carrier } from "../carriers/types.ts";
import { FederationError } from "../errors.ts";
import type { Peer } from "../outbound/ports.ts";
import { checkSigned, type Signer, signed } from "../signed.ts";
import { identityFromJson, identityToJson, type Invitation, membershipShape } from "./shapes.ts";

/** The hub's keys as the invitation pins them. Throws `fingerprint-wrong`. */
export function pinnedHub(invitation: Invitation): PublicIdentity {
  let hub: PublicIdentity;
  try {
    hub = publicIdentity(identityFromJson(invitation.hub));
  } catch (cause) {
    throw new FederationError("fingerprint-wrong", "the invitation holds keys that do not belong together", { cause });
  }
  if (fingerprint(hub) !== invitation.hub.fingerprint) {
    throw new FederationError("fingerprint-wrong", "the hub's keys in the invitation do not fit its fingerprint", {
      remedy: "Get the invitation again by a way you trust, and compare the fingerprint by voice.",
    });
  }
  return hub;
}

/** Joins with the one-time token. Safe to repeat with the same identity. */
export async function joinHub(
  invitation: Invitation,
  identity: Identity,
  gateway: Signer,
  carrier: Carrier,
  at: Date,
  abort: AbortSignal,
): Promise<Peer> {
  const hub = pinnedHub(invitation);
  const request = signed(identity, "join", {
    v: 1 as const,
    token: invitation.token,
    identity: identityToJson(identity),
    gatewayKey: toBase64(gateway.signKey),
    at: at.toISOString(),
  });
  const membership = checkSigned(membershipShape, "membership", await carrier.join(request, abort), hub.signKey);
  const fits = membership.hub === hub.node && digestOf(membership.member) === digestOf(request.identity);
  if (!fits || membership.gatewayKey !== request.gatewayKey) {
    throw new FederationError("malformed", "the hub signed a membership for other keys");
  }
  return { identity: hub, membership: JSON.stringify(membership) };
}
