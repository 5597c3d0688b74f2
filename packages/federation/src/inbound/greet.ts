import type { Identity, PublicIdentity } from "@yizhan/vault";
import { FederationError } from "../errors.ts";
import { checkpointSchema, knownSchemas } from "../events/catalogue.ts";
import { type Hello, type HelloAnswer, helloShape } from "../hello.ts";
import { protocol } from "../envelope/header.ts";
import { checkSigned, parseShape, signed } from "../signed.ts";
import type { InboundStore } from "./ports.ts";

/** Keeps the checkpoints of senders' audit logs; resolves how many entries the one covers that it holds of this sender. */
export type Witness = (hello: Hello, sender: PublicIdentity) => Promise<number>;

/** An older hello may have been recorded by someone on the way. Wide enough for a wrong clock. */
const maxAgeMs = 24 * 3_600_000;

/** Checks a hello and says where this node stands in each of the sender's chains. */
export async function answerHello<Effects>(
  identity: Identity,
  store: InboundStore<Effects>,
  message: unknown,
  now: Date,
  witness: Witness,
): Promise<{ readonly hello: Hello; readonly answer: HelloAnswer }> {
  const shape = parseShape(helloShape, message);
  if (shape.to !== identity.node) throw new FederationError("not-for-us", "a hello for another node");
  const member = await store.member(shape.from, shape.keyId);
  if (member === undefined) throw new FederationError("sender-unknown", "a hello from a node that has not joined");
  if (member.revoked) throw new FederationError("sender-revoked", "a hello under a key that was revoked");
  const hello = checkSigned(helloShape, "hello", message, member.identity.signKey);
  if (Math.abs(now.getTime() - Date.parse(hello.at)) > maxAgeMs) {
    throw new FederationError("stale", "a hello from another day", { remedy: "Set the clock of the node that sends it." });
  }
  const version = Math.min(hello.protocol.max, protocol.max);
  if (version < Math.max(hello.protocol.min, protocol.min)) {
    throw new FederationError("version-unknown", "no protocol version that both sides speak", {
      remedy: "Update the older node.",
    });
  }
  const size = checkpointSchema in hello.schemas ? await witness(hello, member.identity) : undefined;
  const answer = signed(identity, "hello-answer", {
    v: 1 as const,
    from: identity.node,
    to: hello.from,
    protocol: version,
    schemas: knownSchemas(),
    nonce: hello.nonce,
    at: now.toISOString(),
    cursors: [...(await store.cursors(hello.from))],
    ...(size === undefined ? {} : { checkpoint: { size } }),
    revoked: [...(await store.revokedKeys())],
  });
  return { hello, answer };
}
