import { createHash } from "node:crypto";
import {
  attributes,
  decodeStun,
  encodeStun,
  type Endpoint,
  endpointIn,
  endpointValue,
  errorIn,
  isSignedWith,
  methods,
  newTransaction,
  type StunMessage,
} from "./stun-message.ts";
import { openWire, type Wire, type WireTarget } from "./wire.ts";

/** A server's refusal, with the number that RFC 8656 gives it. */
export class TurnRefusal extends Error {
  readonly number: number;

  constructor(number: number, reason: string) {
    super(`${number} ${reason}`.trim());
    this.name = "TurnRefusal";
    this.number = number;
  }
}

/** Nothing came back in time. */
export class TurnSilence extends Error {
  constructor() {
    super("no answer in time");
    this.name = "TurnSilence";
  }
}

export interface Credential {
  readonly username: string;
  readonly credential: string;
}

type Fields = readonly (readonly [number, Buffer | ((transaction: Buffer) => Buffer)])[];

/** UDP, in a relay's own number of it. */
const relayOfUdp = Buffer.from([17, 0, 0, 0]);
const firstRepeatMs = 250;

/**
 * One client of a TURN server (RFC 8656), with long-term credentials: as much of it as shows that a relay relays. Data
 * goes in indications; no channel is bound, and no allocation outlives the client.
 */
export class TurnClient {
  readonly #credential: Credential;
  readonly #answers = new Map<string, { resolve: (answer: StunMessage) => void; reject: (error: Error) => void }>();
  #wire: Wire | undefined;
  #gone: Error | undefined;
  #auth: { readonly realm: Buffer; readonly nonce: Buffer; readonly key: Buffer } | undefined;
  #hear: (data: Buffer, from: Endpoint) => void = () => undefined;

  private constructor(credential: Credential, signal: AbortSignal) {
    this.#credential = credential;
    signal.addEventListener("abort", () => this.#end(new TurnSilence()), { once: true });
  }

  /** Rejects with the socket's own error, or a {@link TurnSilence} once the signal is given. */
  static async open(target: WireTarget, credential: Credential, signal: AbortSignal): Promise<TurnClient> {
    const client = new TurnClient(credential, signal);
    const events = {
      onMessage: (message: Buffer) => client.#take(message),
      onError: (error: Error) => client.#end(error),
    };
    try {
      client.#wire = await openWire(target, events, signal);
    } catch (error) {
      throw signal.aborted ? new TurnSilence() : error;
    }
    return client;
  }

  /** The address under which the server sees this client: asked of anybody, without credentials. */
  async bind(): Promise<Endpoint> {
    const answer = await this.#ask(methods.binding, []);
    const seenAs = endpointIn(answer.attributes.get(attributes.mapped), answer.transaction);
    if (seenAs === undefined) throw new TurnRefusal(0, "an answer without an address");
    return seenAs;
  }

  /** A relay of the server's, and the address under which it sees this client. Rejects with {@link TurnRefusal}. */
  async allocate(): Promise<{ readonly relay: Endpoint; readonly seenAs: Endpoint }> {
    const answer = await this.#ask(methods.allocate, [[attributes.requestedTransport, relayOfUdp]]);
    const relay = endpointIn(answer.attributes.get(attributes.relayed), answer.transaction);
    const seenAs = endpointIn(answer.attributes.get(attributes.mapped), answer.transaction);
    if (relay === undefined || seenAs === undefined) throw new TurnRefusal(0, "an answer without addresses");
    return { relay, seenAs };
  }

  /** Lets a peer's address reach this client's relay. */
  async permit(peer: Endpoint): Promise<void> {
    await this.#ask(methods.createPermission, [[attributes.peer, (transaction) => endpointValue(peer, transaction)]]);
  }

  /** Sends from the relay; as with all of UDP, nobody says whether it came. */
  send(peer: Endpoint, data: Buffer): void {
    const transaction = newTransaction();
    const fields = new Map([
      [attributes.peer, endpointValue(peer, transaction)],
      [attributes.data, data],
    ]);
    this.#wire?.send(encodeStun({ method: methods.send, kind: "indication", transaction, attributes: fields }));
  }

  /** Called for all that comes to the relay. */
  onData(hear: (data: Buffer, from: Endpoint) => void): void {
    this.#hear = hear;
  }

  /** Gives the relay back. */
  async close(): Promise<void> {
    try {
      if (this.#gone === undefined && this.#auth !== undefined)
        await this.#ask(methods.refresh, [[attributes.lifetime, Buffer.alloc(4)]]);
    } catch (error) {
      // It ends by itself in ten minutes; what was found out before is what counts.
      if (!(error instanceof Error)) throw error;
    } finally {
      this.#end(new Error("closed"));
    }
  }

  /** The first question is refused with the realm and a nonce, the second is signed; an old nonce is replaced once. */
  async #ask(method: number, fields: Fields): Promise<StunMessage> {
    let answer = await this.#exchange(method, fields);
    for (let again = 0; again < 2 && answer.kind === "error"; again++) {
      const { code } = errorIn(answer);
      const [realm, nonce] = [answer.attributes.get(attributes.realm), answer.attributes.get(attributes.nonce)];
      const known = this.#auth !== undefined;
      if (!((code === 401 && !known) || code === 438) || realm === undefined || nonce === undefined) break;
      const { username, credential } = this.#credential;
      const key = createHash("md5")
        .update(`${username}:${realm.toString("utf8")}:${credential}`)
        .digest();
      this.#auth = { realm, nonce, key };
      answer = await this.#exchange(method, fields);
    }
    if (answer.kind === "success") return answer;
    const { code, reason } = errorIn(answer);
    throw new TurnRefusal(code, reason);
  }

  async #exchange(method: number, fields: Fields): Promise<StunMessage> {
    if (this.#gone !== undefined) throw this.#gone;
    const transaction = newTransaction();
    const all = new Map(fields.map(([type, value]) => [type, typeof value === "function" ? value(transaction) : value]));
    if (this.#auth !== undefined) {
      all.set(attributes.username, Buffer.from(this.#credential.username));
      all.set(attributes.realm, this.#auth.realm);
      all.set(attributes.nonce, this.#auth.nonce);
    }
    const message = encodeStun({ method, kind: "request", transaction, attributes: all }, this.#auth?.key);
    const id = transaction.toString("hex");
    const { promise, resolve, reject } = Promise.withResolvers<StunMessage>();
    this.#answers.set(id, { resolve, reject });
    let repeat: NodeJS.Timeout | undefined;
    // UDP loses packets: asked again, each time after twice as long.
    const send = (waitMs: number) => {
      this.#wire?.send(message);
      if (this.#wire?.reliable === false) repeat = setTimeout(() => send(waitMs * 2), waitMs);
    };
    send(firstRepeatMs);
    try {
      return await promise;
    } finally {
      clearTimeout(repeat);
      this.#answers.delete(id);
    }
  }

  #take(bytes: Buffer): void {
    const message = decodeStun(bytes);
    if (message === undefined) return;
    if (message.kind === "indication" && message.method === methods.data) {
      const from = endpointIn(message.attributes.get(attributes.peer), message.transaction);
      const data = message.attributes.get(attributes.data);
      if (from !== undefined && data !== undefined) this.#hear(data, from);
      return;
    }
    // Whoever answers for the relay has to know its secret; a refusal need not be signed.
    if (message.kind === "success" && this.#auth !== undefined && !isSignedWith(bytes, this.#auth.key)) return;
    if (message.kind === "success" || message.kind === "error")
      this.#answers.get(message.transaction.toString("hex"))?.resolve(message);
  }

  #end(error: Error): void {
    if (this.#gone !== undefined) return;
    this.#gone = error;
    this.#wire?.close();
    for (const { reject } of this.#answers.values()) reject(error);
  }
}
