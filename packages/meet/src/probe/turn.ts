import { randomBytes } from "node:crypto";
import { type Endpoint, endpointText } from "./stun-message.ts";
import { type Credential, TurnClient, TurnRefusal, TurnSilence } from "./turn-client.ts";
import type { Transport, WireTarget } from "./wire.ts";

export type { Credential } from "./turn-client.ts";
export type { Transport } from "./wire.ts";

/**
 * What keeps a relay from relaying, as seen from here:
 * `silent` nothing answers, `closed` nobody listens at the port, `unreachable` there is no way to the address,
 * `certificate` it names somebody else or is over, `credential` a good one is refused, `full` no relay is left,
 * `open` anybody's credential is taken, `not-relayed` there is a relay and nothing comes through it, `strange` the rest.
 */
export type TurnFault =
  | "silent"
  | "closed"
  | "unreachable"
  | "certificate"
  | "credential"
  | "full"
  | "open"
  | "not-relayed"
  | "strange";

export type TurnOutcome =
  | {
      readonly ok: true;
      /** The address under which the server sees this machine. */
      readonly seenAs: string;
      /** False where it was asked without a credential: it answers, and that is all. */
      readonly relayed: boolean;
      /** Milliseconds until the answer was here: with a credential, until data had gone through two relays and back. */
      readonly ms: number;
    }
  | { readonly ok: false; readonly fault: TurnFault; readonly detail: string };

export interface TurnServer extends Omit<WireTarget, "transport" | "port"> {
  readonly port: number;
  readonly tlsPort: number;
}

export interface TurnProbe {
  readonly outcomes: Readonly<Record<Transport, TurnOutcome>>;
  /** True where a credential that nobody made was refused; absent where that was not seen. */
  readonly refusesOthers?: true;
  readonly ok: boolean;
}

const transports = ["udp", "tcp", "tls"] as const;

/**
 * Asks for two relays over each of UDP, TCP and TLS and sends data from one through the other and back. Over the first
 * that relays, a credential that nobody made is tried too: it has to be refused. Without a credential each way is only
 * asked under which address it sees us.
 */
export async function probeTurn(server: TurnServer, credential?: Credential, timeoutMs = 8_000): Promise<TurnProbe> {
  const targetOf = (transport: Transport): WireTarget => ({
    ...server,
    transport,
    port: transport === "tls" ? server.tlsPort : server.port,
  });
  const look = (transport: Transport) => {
    const signal = AbortSignal.timeout(timeoutMs);
    return credential === undefined ? answers(targetOf(transport), signal) : relays(targetOf(transport), credential, signal);
  };
  const [udp, tcp, tls] = await Promise.all(transports.map(look));
  if (udp === undefined || tcp === undefined || tls === undefined) throw new TypeError("there are three transports");
  const outcomes = { udp, tcp, tls };
  const well = transports.find((transport) => outcomes[transport].ok);
  const allWell = () => transports.every((transport) => outcomes[transport].ok);
  if (credential === undefined || well === undefined) return { outcomes, ok: allWell() };
  const taken = await takesAnybody(targetOf(well), credential, AbortSignal.timeout(timeoutMs));
  if (taken === true) outcomes[well] = { ok: false, fault: "open", detail: "" };
  return { outcomes, ok: allWell(), ...(taken === false ? { refusesOthers: true as const } : {}) };
}

async function answers(target: WireTarget, signal: AbortSignal): Promise<TurnOutcome> {
  const began = performance.now();
  let client: TurnClient | undefined;
  try {
    client = await TurnClient.open(target, { username: "", credential: "" }, signal);
    const seenAs = endpointText(await client.bind());
    return { ok: true, seenAs, relayed: false, ms: Math.round(performance.now() - began) };
  } catch (error) {
    return { ok: false, ...faultOf(error, false) };
  } finally {
    await client?.close();
  }
}

async function relays(target: WireTarget, credential: Credential, signal: AbortSignal): Promise<TurnOutcome> {
  const began = performance.now();
  const clients: TurnClient[] = [];
  let allocated = false;
  try {
    const open = async () => {
      const client = await TurnClient.open(target, credential, signal);
      clients.push(client);
      return client;
    };
    const [one, other] = [await open(), await open()];
    const [here, there] = [await one.allocate(), await other.allocate()];
    allocated = true;
    await one.permit(there.relay);
    await other.permit(here.relay);
    other.onData((data, from) => other.send(from, data));
    await echoed(one, there.relay, signal);
    return { ok: true, seenAs: endpointText(here.seenAs), relayed: true, ms: Math.round(performance.now() - began) };
  } catch (error) {
    return { ok: false, ...faultOf(error, allocated) };
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

/** Until what was sent through the far relay has come back by it. */
async function echoed(client: TurnClient, peer: Endpoint, signal: AbortSignal): Promise<void> {
  const sent = randomBytes(160);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const over = () => reject(new TurnSilence());
  client.onData((data) => {
    if (data.equals(sent)) resolve();
  });
  signal.addEventListener("abort", over, { once: true });
  // Between the relays it is UDP, whatever it is up to them.
  const repeat = setInterval(() => client.send(peer, sent), 200);
  client.send(peer, sent);
  try {
    await promise;
  } finally {
    clearInterval(repeat);
    signal.removeEventListener("abort", over);
  }
}

/** Undefined where neither a relay nor a refusal came. */
async function takesAnybody(target: WireTarget, { username }: Credential, signal: AbortSignal): Promise<boolean | undefined> {
  const made = { username, credential: randomBytes(20).toString("base64") };
  let client: TurnClient | undefined;
  try {
    client = await TurnClient.open(target, made, signal);
    await client.allocate();
    return true;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error instanceof TurnRefusal && error.number === 401 ? false : undefined;
  } finally {
    await client?.close();
  }
}

function faultOf(error: unknown, allocated: boolean): { fault: TurnFault; detail: string } {
  if (!(error instanceof Error)) throw error;
  const detail = error.message;
  if (error instanceof TurnRefusal) {
    if (error.number === 401) return { fault: "credential", detail };
    if (error.number === 486 || error.number === 508) return { fault: "full", detail };
    return { fault: error.number === 403 ? "not-relayed" : "strange", detail };
  }
  if (error instanceof TurnSilence) return { fault: allocated ? "not-relayed" : "silent", detail };
  const code = "code" in error ? String(error.code) : "";
  if (code === "ECONNREFUSED") return { fault: "closed", detail };
  if (/^(?:EHOSTUNREACH|ENETUNREACH|EACCES|EPERM|ENETDOWN)$/.test(code)) return { fault: "unreachable", detail };
  if (code === "ETIMEDOUT") return { fault: "silent", detail };
  if (/CERT|ALTNAME|SELF_SIGNED|ISSUER/.test(code)) return { fault: "certificate", detail: code };
  return { fault: "strange", detail };
}
