import { setTimeout as wait } from "node:timers/promises";
import {
  type Door,
  probeRoom,
  probeTurn,
  type RoomCall,
  type RoomFault,
  type RoomProbe,
  type Transport,
  type TurnProbe,
} from "@yizhan/meet/probe";
import { mediaPorts } from "@yizhan/bundle";
import { z } from "zod";
import type { Text } from "../text.ts";
import { hostVerb } from "./host-verb.ts";
import type { Site } from "./site.ts";
import type { RemoteHost } from "./ssh.ts";

/** How a station's calls are, asked from this machine: over the roads that a patient takes. */
export interface Calls {
  readonly ok: boolean;
  readonly turn: TurnProbe;
  /** Absent where nobody gave tokens. */
  readonly room?: RoomProbe;
}

/** What the host hands out for a few minutes; its secrets stay there. */
const testCallSchema = z.object({
  turn: z.object({ username: z.string(), credential: z.string() }),
  room: z.string(),
  tokens: z.array(z.string()).length(3),
  authority: z.string().optional(),
});

/** Where nginx, and coturn as it is rendered, listen. */
const callPorts = { room: 443, ...mediaPorts } as const;

/**
 * A call for three without sound, and data through the relay over UDP, TCP and TLS, with what the host gives out for it
 * over SSH. Without a host the relay is only asked whether it answers. Undefined where the station holds no calls.
 * `patienceMs`: for how long what has only just been started may still be starting.
 */
export async function checkCalls(site: Site, host?: RemoteHost, patienceMs = 0): Promise<Calls | undefined> {
  if (site.jitsi === false) return undefined;
  const { address, names } = site;
  const relay = { address, port: callPorts.turn, tlsPort: callPorts.turnTls, name: names.turn };
  if (host === undefined) {
    // The station's own authority is not known here; a public one has to be right.
    const turn = await probeTurn({ ...relay, anyCertificate: site.tls.kind === "internal" });
    return { ok: turn.ok, turn };
  }
  const { result } = await hostVerb(host, "test-call", { parameters: [names.meet] });
  const call = testCallSchema.parse(result);
  const authority = site.tls.kind === "internal" ? call.authority : undefined;
  const [turn, room] = await Promise.all([
    probeTurn({ ...relay, authority }, call.turn),
    roomOnceUp({ address, port: callPorts.room, name: names.meet, authority }, call, patienceMs),
  ]);
  return { ok: turn.ok && room.ok, turn, room };
}

/** What is seen while prosody, jicofo and the bridge start: Java takes its time on a small server. */
const starting: ReadonlySet<RoomFault | undefined> = new Set(["closed", "shut", "no-jicofo", "not-opened", "no-bridge"]);

async function roomOnceUp(door: Door, call: RoomCall, patienceMs: number): Promise<RoomProbe> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const room = await probeRoom(door, call);
    if (!starting.has(room.fault) || performance.now() > until) return room;
    await wait(2_000);
  }
}

const ways = ["udp", "tcp", "tls"] as const satisfies readonly Transport[];

/** What came of it, a sentence for each thing: what was seen, or what is wrong and what to do. */
export function callSentences(site: Site, { turn, room }: Calls, text: Text): string[] {
  const address = site.address;
  const sentences: string[] = [];
  const well = ways.flatMap((way) => {
    const outcome = turn.outcomes[way];
    return outcome.ok ? [{ way: way.toUpperCase(), ...outcome }] : [];
  });
  const [first] = well;
  if (first !== undefined) {
    const key = first.relayed ? "calls.relay.relays" : "calls.relay.answers";
    sentences.push(text(key, { ways: well.map(({ way }) => way).join(", "), address: first.seenAs }));
  }
  if (turn.refusesOthers === true) sentences.push(text("calls.relay.refuses"));
  for (const way of ways) {
    const outcome = turn.outcomes[way];
    if (outcome.ok) continue;
    const port = String(way === "tls" ? callPorts.turnTls : callPorts.turn);
    const values = { way: way.toUpperCase(), port, address, name: site.names.turn, detail: outcome.detail };
    sentences.push(text(`calls.relay.${outcome.fault}`, values));
  }
  if (room === undefined) sentences.push(text("calls.room.not-held"));
  else if (room.fault === undefined) sentences.push(text("calls.room.held", { people: room.people, ms: room.ms }));
  else {
    const { people, signedIn, joined, seeing, offered, heard, fault, detail = "" } = room;
    sentences.push(text(`calls.room.${fault}`, { address, name: site.names.meet, detail, port: String(callPorts.room) }));
    sentences.push(text("calls.room.reached", { people, signedIn, joined, seeing, offered, heard }));
  }
  return sentences;
}

/** In a table; the sentences stand above it. */
export function callsCell(calls: Calls | undefined, text: Text): string {
  if (calls === undefined) return text("deploy.no-calls");
  return text(calls.ok ? "calls.well" : "calls.not-well");
}
