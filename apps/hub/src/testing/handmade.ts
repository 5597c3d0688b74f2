import { randomUUID } from "node:crypto";
import {
  type Ack,
  type BodyItem,
  genesis,
  identityToJson,
  type Lane,
  openGateway,
  type ReceivedEvent,
  sealEnvelope,
  type Signer,
  signed,
} from "@yizhan/federation";
import { loadRegion } from "@yizhan/region";
import { type Identity, makeIdentity } from "@yizhan/vault";

import { regions, type TestHub } from "./hub.ts";

/** A sender whose every step a test decides. */
export interface HandMade {
  readonly identity: Identity;
  /** Envelopes of one chain, each holding the events given for it. */
  chain(bodies: readonly (readonly BodyItem[])[], options?: ChainOptions): Promise<Uint8Array[]>;
}

interface ChainOptions {
  readonly epoch?: number;
  readonly lane?: Lane;
  readonly sender?: Signer;
  readonly gateway?: Signer;
}

export function opened(change: Partial<ReceivedEvent> = {}): ReceivedEvent {
  return {
    eventId: randomUUID(),
    class: "deidentified",
    type: "case.opened",
    schemaVersion: 1,
    payload: { week: "2026-W47", language: "pt", ageBand: "25-44" },
    ...change,
  };
}

export async function handMade(hub: TestHub, node = "MZ"): Promise<HandMade> {
  const identity = makeIdentity(node);
  const response = await post(hub, "join", JSON.stringify(joinRequest(identity, (await hub.invite(node)).token)));
  if (response.status !== 200) throw new Error(`could not join: ${response.status}`);
  const { policyVersion } = openGateway(await loadRegion(regions, "MZ"));
  return {
    identity,
    async chain(bodies, { epoch = 1, lane = "clinical", sender = identity, gateway = identity } = {}) {
      const chain = { from: node, to: hub.identity.node, epoch, lane };
      let after = { seq: 0, hash: genesis(chain) };
      return bodies.map((items) => {
        const decisions = items.map((item) => ({
          eventId: item.eventId,
          class: "deidentified",
          type: "case.opened",
          verdict: "allow" as const,
          rule: "flows.deidentified",
          policyVersion,
          digestIn: "0",
          digestOut: "0",
        }));
        const at = new Date();
        const sealed = sealEnvelope({
          chain,
          after,
          items,
          decisions,
          policyVersion,
          at,
          sender,
          gateway,
          recipient: hub.identity,
        });
        after = sealed;
        return sealed.bytes;
      });
    },
  };
}

export function joinRequest(identity: Identity, token: string) {
  const keys = identityToJson(identity);
  return signed(identity, "join", { v: 1, token, identity: keys, gatewayKey: keys.signKey, at: new Date().toISOString() });
}

export async function post(hub: TestHub, path: string, body: BodyInit, type = "application/json"): Promise<Response> {
  return hub.app.request(`/federation/v1/${path}`, { method: "POST", headers: { "content-type": type }, body });
}

/** The ack, or the code of the refusal. */
export async function deliver(hub: TestHub, bytes: Uint8Array): Promise<Ack | string> {
  const response = await post(hub, "envelopes", Buffer.from(bytes), "application/octet-stream");
  const answer = (await response.json()) as Ack & { error?: { code: string } };
  return answer.error?.code ?? answer;
}
