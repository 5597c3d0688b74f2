import { admit, type Alarm, answerHello, type InboundStore, maxEnvelope, receiveEnvelope } from "@yizhan/federation";
import { type Log, Problem, problemJson } from "@yizhan/http";
import type { CheckpointStore, Fleet } from "@yizhan/store";
import type { Identity } from "@yizhan/vault";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { hubEffect } from "./effects.ts";
import { readInvitations } from "./invitations.ts";
import { asProblem } from "./refusals.ts";
import { openWitness } from "./witness.ts";

export interface FederationParts {
  readonly identity: Identity;
  readonly inbound: InboundStore<Fleet>;
  readonly fleet: Fleet;
  readonly checkpoints: CheckpointStore;
  /** Path of the list of expected stations. */
  readonly invitations: string | undefined;
  readonly log: Log;
  /** Something that the fleet page shows is new. */
  readonly changed: () => void;
  readonly alarm: (alarm: Alarm) => void;
}

/**
 * Where stations knock. Nobody signs in here: every message is signed by its sender and says by itself
 * what it is.
 */
export function federation(parts: FederationParts): Hono {
  const { identity, inbound, fleet, checkpoints, changed, log } = parts;
  const now = () => new Date();
  const witness = openWitness({ checkpoints, log, now, changed });
  const receiver = { identity, store: inbound, effect: hubEffect, now, onApplied: changed, onAlarm: parts.alarm };
  const tooLarge = (context: Context) => problemJson(context, new Problem(413, "too-large"));
  const small = bodyLimit({ maxSize: 64 * 1024, onError: tooLarge });
  const app = new Hono();
  app.onError((error) => {
    throw asProblem(error);
  });
  app.post("/envelopes", bodyLimit({ maxSize: maxEnvelope, onError: tooLarge }), async (context) => {
    if (context.req.header("content-type") !== "application/octet-stream") throw new Problem(415, "malformed");
    return context.json(await receiveEnvelope(receiver, new Uint8Array(await context.req.arrayBuffer())));
  });
  app.post("/hello", small, async (context) => {
    const at = now();
    const { hello, answer } = await answerHello(identity, inbound, await bodyOf(context), at, witness);
    await fleet.seen(hello.from, at, { node: hello.from, ...hello.health }, hello.nextWithinMs);
    changed();
    return context.json(answer);
  });
  app.post("/join", small, async (context) => {
    const expected = await readInvitations(parts.invitations);
    const membership = await admit(identity, inbound, expected, await bodyOf(context), now());
    parts.log.info({ node: membership.member.node, keyId: membership.member.keyId }, "a station joined");
    changed();
    return context.json(membership);
  });
  return app;
}

async function bodyOf(context: Context): Promise<unknown> {
  try {
    return await context.req.json();
  } catch (cause) {
    throw new Problem(400, "malformed", { cause });
  }
}
