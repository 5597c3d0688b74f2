import { createHash } from "node:crypto";
import { type Identity, publicIdentity } from "@yizhan/vault";
import { fromBase64 } from "../canonical.ts";
import { FederationError } from "../errors.ts";
import type { InboundStore } from "../inbound/ports.ts";
import { checkSigned, parseShape, signed } from "../signed.ts";
import {
  type Expected,
  identityFromJson,
  identityShape,
  type Join,
  joinShape,
  type Membership,
  membershipShape,
} from "./shapes.ts";

/**
 * Lets a station join: the token is one that was given for its country and was not used, and the request
 * is signed with the very key it brings. The same request again gets the same answer, in case the
 * first was lost. Throws `token-wrong`, `token-used`, `malformed`, `signature-wrong`.
 */
export async function admit<Effects>(
  hub: Identity,
  store: InboundStore<Effects>,
  expected: readonly Expected[],
  message: unknown,
  now: Date,
): Promise<Membership> {
  const shape = parseShape(joinShape, message);
  const join: Join = checkSigned(joinShape, "join", message, fromBase64(shape.identity.signKey));
  const identity = checkedIdentity(join);
  if (join.keyId !== identity.keyId) throw new FederationError("malformed", "a join under another key than its own");
  const tokenSha256 = createHash("sha256").update(join.token).digest("hex");
  const invited = expected.some((entry) => entry.node === identity.node && entry.tokenSha256 === tokenSha256);
  if (!invited) {
    throw new FederationError("token-wrong", "no such invitation for this country", {
      remedy: "Make a new invitation at the hub.",
    });
  }
  const earlier = await store.invited(tokenSha256);
  if (earlier !== undefined) {
    if (earlier.identity.keyId === identity.keyId && !earlier.revoked) {
      return parseShape(membershipShape, JSON.parse(earlier.membership));
    }
    throw new FederationError("token-used", "this invitation was used before, with other keys", {
      remedy: "If that was not you, revoke the member at the hub. Make a new invitation.",
    });
  }
  const membership: Membership = signed(hub, "membership", {
    v: 1 as const,
    hub: hub.node,
    member: join.identity,
    gatewayKey: join.gatewayKey,
    joinedAt: now.toISOString(),
  });
  const member = {
    identity,
    gatewayKey: fromBase64(join.gatewayKey),
    membership: JSON.stringify(membership),
    revoked: false,
  };
  await store.admit(member, tokenSha256, now);
  return membership;
}

function checkedIdentity(join: Join) {
  try {
    return publicIdentity(identityFromJson(parseShape(identityShape, join.identity)));
  } catch (cause) {
    throw new FederationError("malformed", "keys that do not belong together", { cause });
  }
}
