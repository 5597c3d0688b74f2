import { once } from "node:events";
import { isIPv6, type LookupFunction } from "node:net";
import { createElement, Element, parse } from "ltx";
import { WebSocket } from "ws";

/** Where a Jitsi's XMPP is reached: nginx's door, at an address, under its name. */
export interface Door {
  /** An IP address. */
  readonly address: string;
  readonly port: number;
  /** The Jitsi's own name: of the certificate, and its XMPP domain. */
  readonly name: string;
  /** Certificate of the station's own authority (PEM), in place of the public ones. */
  readonly authority?: string | undefined;
  /** True where the door has no TLS: prosody's own, for tests. */
  readonly plain?: boolean;
}

/** Why a stanza or a sign-in was refused: the condition that XMPP names, and the server's words. */
export class XmppRefusal extends Error {
  readonly condition: string;

  constructor(condition: string, words: string) {
    super(words === "" ? condition : `${condition}: ${words}`);
    this.name = "XmppRefusal";
    this.condition = condition;
  }
}

/** The door is there and does not open: HTTP's own answer in place of a socket's. */
export class DoorShut extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`HTTP ${status}`);
    this.name = "DoorShut";
    this.status = status;
  }
}

const framing = "urn:ietf:params:xml:ns:xmpp-framing";
const sasl = "urn:ietf:params:xml:ns:xmpp-sasl";
const stanzas = "urn:ietf:params:xml:ns:xmpp-stanzas";

/**
 * One participant's XMPP over WebSocket (RFC 7395), signed in as Jitsi's pages do: anonymously, with the token in the
 * address. Every message is a whole stanza, so that ltx reads it as it comes.
 */
export class XmppSession {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, { resolve: (answer: Element) => void; reject: (error: Error) => void }>();
  #hear: (stanza: Element) => void = () => undefined;
  #step: { resolve: (element: Element) => void; reject: (error: Error) => void } | undefined;
  readonly #early: Element[] = [];
  #gone: Error | undefined;
  #number = 0;
  #address = "";

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => this.#take(data.toString("utf8")));
    socket.on("error", (error) => this.#end(error));
    socket.on("close", () => this.#end(new XmppRefusal("closed", "the server closed the connection")));
  }

  /** Signs in. Rejects with {@link XmppRefusal}, {@link DoorShut}, the socket's own error, or the signal's reason. */
  static async open(door: Door, room: string, token: string, signal: AbortSignal): Promise<XmppSession> {
    const socket = new WebSocket(
      `${door.plain === true ? "ws" : "wss"}://${door.name}:${door.port}/xmpp-websocket?${new URLSearchParams({ room, token }).toString()}`,
      ["xmpp"],
      { lookup: leadsTo(door.address), ...(door.authority === undefined ? {} : { ca: door.authority }) },
    );
    const shut = Promise.withResolvers<never>();
    socket.once("unexpected-response", (_, { statusCode }) => {
      shut.reject(new DoorShut(statusCode ?? 0));
      socket.terminate();
    });
    try {
      await Promise.race([once(socket, "open", { signal }), shut.promise]);
    } catch (error) {
      socket.on("error", () => undefined);
      socket.terminate();
      throw signal.aborted ? signal.reason : error;
    }
    const session = new XmppSession(socket);
    const over = () => session.#end(signal.reason instanceof Error ? signal.reason : new Error("stopped"));
    signal.addEventListener("abort", over, { once: true });
    try {
      await session.#signIn(door.name);
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  /** Its own full address. */
  get address(): string {
    return this.#address;
  }

  /** Called for all that is no answer to a question of this session's. */
  onStanza(hear: (stanza: Element) => void): void {
    this.#hear = hear;
  }

  send(stanza: Element): void {
    // Over a WebSocket no stream lends its name space.
    stanza.attrs["xmlns"] ??= "jabber:client";
    this.#socket.send(stanza.toString());
  }

  /** Asks and waits for the answer. */
  async ask(type: "get" | "set", to: string | undefined, child: Element): Promise<Element> {
    if (this.#gone !== undefined) throw this.#gone;
    const id = `q${++this.#number}`;
    const { promise, resolve, reject } = Promise.withResolvers<Element>();
    this.#waiting.set(id, { resolve, reject });
    this.send(createElement("iq", { type, id, ...(to === undefined ? {} : { to }) }, child));
    const answer = await promise.finally(() => this.#waiting.delete(id));
    if (answer.attrs["type"] === "error") throw refusalIn(answer);
    return answer;
  }

  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(createElement("close", { xmlns: framing }).toString());
      this.#socket.close();
    }
    if (this.#socket.readyState !== WebSocket.CLOSED) {
      const kill = setTimeout(() => this.#socket.terminate(), 1_000);
      await once(this.#socket, "close");
      clearTimeout(kill);
    }
  }

  async #signIn(domain: string): Promise<void> {
    const open = async () => {
      this.#socket.send(createElement("open", { xmlns: framing, to: domain, version: "1.0" }).toString());
      await this.#next("open");
      return this.#next("features");
    };
    await open();
    this.#socket.send(createElement("auth", { xmlns: sasl, mechanism: "ANONYMOUS" }).toString());
    const answer = await this.#next();
    if (!answer.is("success"))
      throw new XmppRefusal(answer.getChildElements()[0]?.name ?? answer.name, answer.getChildText("text") ?? "");
    await open();
    const bound = await this.ask("set", undefined, createElement("bind", { xmlns: "urn:ietf:params:xml:ns:xmpp-bind" }));
    this.#address = bound.getChild("bind")?.getChildText("jid") ?? "";
    this.#step = undefined;
  }

  /** While it signs in, each message is the next step. */
  async #next(name?: string): Promise<Element> {
    const element =
      this.#early.shift() ??
      (await new Promise<Element>((resolve, reject) => {
        if (this.#gone !== undefined) reject(this.#gone);
        this.#step = { resolve, reject };
      }));
    if (name !== undefined && !element.is(name)) throw new XmppRefusal(element.getChildElements()[0]?.name ?? element.name, "");
    return element;
  }

  #take(text: string): void {
    let element: Element;
    try {
      element = parse(text);
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    const answer = element.is("iq") && /^(?:result|error)$/.test(String(element.attrs["type"]));
    if (answer) this.#waiting.get(String(element.attrs["id"]))?.resolve(element);
    else if (this.#address !== "") this.#hear(element);
    else if (this.#step === undefined) this.#early.push(element);
    else {
      const { resolve } = this.#step;
      this.#step = undefined;
      resolve(element);
    }
  }

  #end(error: Error): void {
    if (this.#gone !== undefined) return;
    this.#gone = error;
    this.#step?.reject(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    if (this.#socket.readyState === WebSocket.CONNECTING) this.#socket.terminate();
  }
}

/** The condition and words of a stanza's error. */
export function refusalIn(stanza: Element): XmppRefusal {
  const error = stanza.getChild("error");
  const condition = error?.getChildElements().find((child) => child.getNS() === stanzas && child.name !== "text");
  return new XmppRefusal(condition?.name ?? "undefined-condition", error?.getChildText("text") ?? "");
}

/** Wherever the name leads: the address that is asked about. */
function leadsTo(address: string): LookupFunction {
  const family = isIPv6(address) ? 6 : 4;
  return (_, options, done) => {
    if (options.all === true) done(null, [{ address, family }]);
    else done(null, address, family);
  };
}
