import { randomBytes } from "node:crypto";
import type { Region } from "@yizhan/region";
import type { Identity } from "@yizhan/vault";
import { httpCarrier } from "./carriers/http.ts";
import type { Carrier } from "./carriers/types.ts";
import { protocol } from "./envelope/header.ts";
import { FederationError } from "./errors.ts";
import { knownSchemas, type StationHealth } from "./events/catalogue.ts";
import { healthEvent } from "./events/make.ts";
import { openGateway } from "./gateway/judge.ts";
import { helloAnswerShape, type Witnessed } from "./hello.ts";
import { joinHub, pinnedHub } from "./membership/join.ts";
import type { Invitation } from "./membership/shapes.ts";
import type { OutboundStore, Peer } from "./outbound/ports.ts";
import { resume } from "./outbound/resume.ts";
import { chunkBytes, sealPending } from "./outbound/sealer.ts";
import { sendLanes } from "./outbound/sender.ts";
import { backOff, pause, Signal } from "./outbound/signal.ts";
import { checkSigned, type Signer, signed } from "./signed.ts";

/** What the agent needs of a logger; pino fits. */
export interface AgentLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface AgentOptions {
  readonly store: OutboundStore;
  readonly identity: Identity;
  /** Countersigns what passed the gateway. Default: the node's own key. */
  readonly gatewaySigner?: Signer;
  readonly region: Pick<Region, "code" | "flows" | "link">;
  readonly invitation: Invitation;
  /** Release of this program, as in package.json. */
  readonly version: string;
  readonly log: AgentLog;
  /** Default: HTTP(S) to the invitation's `hubUrl`. */
  readonly transport?: Carrier;
  /** Milliseconds between signs of life. Default 15,000. */
  readonly helloEveryMs?: number;
  /** The longest wait between attempts to reach the hub, at most 30,000. Default 15,000. */
  readonly maxBackOffMs?: number;
  readonly now?: () => Date;
  /** The newest signed checkpoint of this node's audit log, as the proof that it continues the one of `from` entries. */
  readonly checkpoint?: (from: number) => Promise<Witnessed | undefined>;
  /** After an ack and after each change of the link. */
  readonly onProgress?: () => void;
}

export interface AgentStatus {
  readonly link: "joining" | "connected" | "waiting" | "closed";
  /** Events committed here that the hub has not acknowledged. */
  readonly pendingEvents: number;
  /** Milliseconds that the oldest of them has waited. */
  readonly lagMs: number;
  readonly lastAckAt: string | undefined;
  /** Why the hub was not reached the last time; an error code. */
  readonly lastError: string | undefined;
}

export interface Agent {
  /** Call after each commit that wrote to the outbox. Cheap, never throws. */
  notify(): void;
  status(): Promise<AgentStatus>;
  close(): Promise<void>;
}

const keepMs = 30 * 86_400_000;
const dayMs = 86_400_000;

/**
 * The station's side of federation: seals what is committed, sends it, keeps the link alive. Starts at once
 * and works on behind; the station never waits for the hub. Throws `fingerprint-wrong` for a bad invitation.
 */
export function startAgent(options: AgentOptions): Agent {
  const { store, identity, region, invitation, log } = options;
  const now = options.now ?? (() => new Date());
  const gatewaySigner = options.gatewaySigner ?? identity;
  const carrier = options.transport ?? httpCarrier(invitation.hubUrl);
  const hub = pinnedHub(invitation);
  const gateway = openGateway(region);
  const helloEveryMs = options.helloEveryMs ?? 15_000;
  const maxBackOffMs = Math.min(30_000, options.maxBackOffMs ?? 15_000);
  const closing = new AbortController();
  const toSeal = new Signal();
  const toSend = { urgent: new Signal(), bulk: new Signal() };
  let link: AgentStatus["link"] = "joining";
  /** Entries that the hub's newest checkpoint covers; undefined while it has not said that it keeps any. */
  let witnessed: number | undefined;
  let lastAckAt: string | undefined;
  let lastError: string | undefined;

  async function sealing(): Promise<void> {
    let failures = 0;
    while (!closing.signal.aborted) {
      try {
        const made = await sealPending(
          { store, from: identity.node, sender: identity, gatewaySigner, gateway, chunk: chunkBytes(region.link.kbit), now },
          hub,
        );
        failures = 0;
        if (made > 0) raiseAll();
        await toSeal.wait(closing.signal);
      } catch (error) {
        log.error({ err: error }, "sealing failed");
        await pause(backOff(failures++, maxBackOffMs, Math.random), closing.signal);
      }
    }
  }

  async function linking(): Promise<void> {
    let attempt = 0;
    while (!closing.signal.aborted) {
      const connection = new AbortController();
      const end = () => connection.abort();
      closing.signal.addEventListener("abort", end, { once: true });
      try {
        const peer = await joined(connection.signal);
        await greet(peer, "healthy", connection.signal);
        if (link !== "connected") log.info({ hub: hub.node }, "connected to the hub");
        link = "connected";
        lastError = undefined;
        options.onProgress?.();
        // The first acknowledged step proves the way; until then the waits keep growing.
        const onAck = () => {
          attempt = 0;
          lastAckAt = now().toISOString();
          options.onProgress?.();
        };
        const sender = { store, carrier, from: identity.node, peer, onAck };
        raiseAll();
        const work = [
          sendLanes({ ...sender, window: 4 }, ["control", "urgent", "clinical"], toSend.urgent, connection.signal),
          sendLanes({ ...sender, window: 2 }, ["bulk"], toSend.bulk, connection.signal),
          beating(peer, connection.signal, () => (attempt = 0)),
        ];
        const settled = Promise.allSettled(work);
        await Promise.race(work).finally(end);
        await settled;
      } catch (error) {
        if (closing.signal.aborted) break;
        link = "waiting";
        lastError = error instanceof FederationError ? error.code : "internal";
        if (lastError === "sender-unknown") await store.forgetPeer(hub.node);
        const wait = backOff(attempt++, maxBackOffMs, Math.random);
        log.warn({ err: error, code: lastError, waitMs: Math.round(wait) }, "the hub was not reached");
        options.onProgress?.();
        await pause(wait, closing.signal);
      } finally {
        closing.signal.removeEventListener("abort", end);
        end();
      }
    }
  }

  async function joined(abort: AbortSignal): Promise<Peer> {
    const known = await store.peer(hub.node);
    if (known !== undefined && known.identity.keyId === hub.keyId) return known;
    const peer = await joinHub(invitation, identity, gatewaySigner, carrier, now(), abort);
    await store.savePeer(peer);
    log.info({ hub: hub.node }, "joined the hub");
    return peer;
  }

  async function beating(peer: Peer, abort: AbortSignal, alive: () => void): Promise<void> {
    for (;;) {
      await pause(helloEveryMs, abort);
      if (abort.aborted) return;
      await greet(peer, "healthy", abort);
      alive();
    }
  }

  async function greet(peer: Peer, health: StationHealth["status"], abort: AbortSignal): Promise<void> {
    const before = await store.chains(hub.node);
    const checkpoint = witnessed === undefined ? undefined : await options.checkpoint?.(witnessed);
    const message = signed(identity, "hello", {
      v: 1 as const,
      from: identity.node,
      to: hub.node,
      protocol,
      schemas: knownSchemas(),
      nonce: randomBytes(16).toString("hex"),
      at: now().toISOString(),
      nextWithinMs: helloEveryMs,
      health: { status: health, version: options.version, ...(await figures()) },
      ...(checkpoint === undefined ? {} : { checkpoint }),
    });
    const answer = checkSigned(helloAnswerShape, "hello-answer", await carrier.hello(message, abort), peer.identity.signKey);
    if (answer.nonce !== message.nonce || answer.to !== identity.node)
      throw new FederationError("stale", "the answer to another hello");
    witnessed = answer.checkpoint?.size;
    const resumed = await resume({ store, from: identity.node, to: hub.node, before, cursors: answer.cursors });
    if (resumed.kind === "continued") return;
    if (resumed.kind === "new-epoch") log.error(resumed, "the hub's history differs: a new epoch begins");
    else log.warn(resumed, "the hub is behind what it acknowledged: sending again");
    toSeal.raise();
    raiseAll();
  }

  async function figures(): Promise<{ pendingEvents: number; lagMs: number }> {
    const { events, oldestAt } = await store.backlog(hub.node);
    return { pendingEvents: events, lagMs: oldestAt === undefined ? 0 : Math.max(0, now().getTime() - oldestAt.getTime()) };
  }

  function raiseAll(): void {
    toSend.urgent.raise();
    toSend.bulk.raise();
  }

  async function housekeeping(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await store.purge(new Date(now().getTime() - keepMs));
      } catch (error) {
        log.error({ err: error }, "old envelopes could not be dropped");
      }
      await pause(dayMs, closing.signal);
    }
  }

  async function announce(): Promise<void> {
    try {
      await store.append(healthEvent(hub.node, { status: "healthy", version: options.version, pendingEvents: 0, lagMs: 0 }));
      toSeal.raise();
    } catch (error) {
      log.error({ err: error }, "the start could not be told to the hub");
    }
  }

  const running = Promise.all([announce(), sealing(), linking(), housekeeping()]);
  return {
    notify: () => toSeal.raise(),
    status: async () => ({ link, ...(await figures()), lastAckAt, lastError }),
    async close() {
      if (link === "closed") return;
      const connected = link === "connected";
      closing.abort();
      await running;
      link = "closed";
      const peer = connected ? await store.peer(hub.node) : undefined;
      // A station that stops in order says so; one that does not is missed.
      if (peer !== undefined) {
        await greet(peer, "stopping", AbortSignal.timeout(500)).catch((error: unknown) => {
          log.warn({ err: error }, "the hub was not told that this station stops");
        });
      }
      carrier.close();
    },
  };
}
