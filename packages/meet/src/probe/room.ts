import { createHash } from "node:crypto";
import { createElement, type Element } from "ltx";
import { bridgeAnswers, type IceOffer } from "./media.ts";
import { type Door, DoorShut, refusalIn, XmppRefusal, XmppSession } from "./xmpp.ts";

/**
 * What keeps three people from a call, as seen from here, in the order of the way in:
 * `silent`, `closed`, `unreachable`, `certificate` as with the relay; `shut` nginx is there and no prosody behind it; `token` a good
 * token is refused; `no-jicofo` nobody opens the room; `not-opened` jicofo refuses to; `not-joined` the room lets somebody not in;
 * `not-seen` they do not all see each other; `no-bridge` jicofo offers no connection; `no-media` the bridge's port does not answer.
 */
export type RoomFault =
  | "silent"
  | "closed"
  | "unreachable"
  | "certificate"
  | "shut"
  | "token"
  | "no-jicofo"
  | "not-opened"
  | "not-joined"
  | "not-seen"
  | "no-bridge"
  | "no-media"
  | "strange";

/** How far each of those who tried came: every number is of people. */
export interface RoomProbe {
  readonly ok: boolean;
  readonly people: number;
  readonly signedIn: number;
  readonly joined: number;
  /** Who saw all the others. */
  readonly seeing: number;
  /** To whom jicofo offered a connection to the bridge. */
  readonly offered: number;
  /** Whom the bridge answered at its media port. */
  readonly heard: number;
  readonly ms: number;
  readonly fault?: RoomFault;
  readonly detail?: string;
}

export interface RoomCall {
  readonly room: string;
  /** One for each person. */
  readonly tokens: readonly string[];
}

/** What a browser says that it can do: jicofo offers connections to what it asks for by this. In the order of XEP-0115. */
const features = [
  "http://jabber.org/protocol/caps",
  "http://jabber.org/protocol/disco#info",
  "http://jitsi.org/source-name",
  "urn:ietf:rfc:5761",
  "urn:ietf:rfc:5888",
  "urn:xmpp:jingle:1",
  "urn:xmpp:jingle:apps:dtls:0",
  "urn:xmpp:jingle:apps:rtp:1",
  "urn:xmpp:jingle:apps:rtp:audio",
  "urn:xmpp:jingle:apps:rtp:video",
  "urn:xmpp:jingle:transports:ice-udp:1",
];
const able = {
  node: "https://yizhan.invalid/check",
  ver: createHash("sha1")
    .update(["client/web//check", ...features, ""].join("<"))
    .digest("base64"),
};
const disco = "http://jabber.org/protocol/disco#info";

class Participant {
  readonly session: XmppSession;
  readonly #nick: string;
  readonly #room: string;
  readonly #joined = Promise.withResolvers<void>();
  readonly #all = Promise.withResolvers<void>();
  readonly #offer = Promise.withResolvers<IceOffer>();
  readonly #others = new Set<string>();
  readonly #wanted: ReadonlySet<string>;

  constructor(session: XmppSession, room: string, nick: string, everybody: readonly string[]) {
    this.session = session;
    this.#room = room;
    this.#nick = nick;
    this.#wanted = new Set(everybody.filter((name) => name !== nick));
    session.onStanza((stanza) => this.#take(stanza));
    // Whoever fails first is who is told of; the rest of the promises are not waited for.
    for (const { promise } of [this.#joined, this.#all, this.#offer]) promise.catch(() => undefined);
  }

  join(): Promise<void> {
    const muc = createElement("x", { xmlns: "http://jabber.org/protocol/muc" });
    const name = createElement("nick", { xmlns: "http://jabber.org/protocol/nick" }, this.#nick);
    const caps = createElement("c", { xmlns: "http://jabber.org/protocol/caps", hash: "sha-1", ...able });
    this.session.send(createElement("presence", { to: `${this.#room}/${this.#nick}` }, muc, name, caps));
    return this.#joined.promise;
  }

  get seeingAll(): Promise<void> {
    return this.#all.promise;
  }

  get offer(): Promise<IceOffer> {
    return this.#offer.promise;
  }

  #take(stanza: Element): void {
    const nick = String(stanza.attrs["from"] ?? "").slice(this.#room.length + 1);
    if (stanza.is("presence")) this.#seen(nick, stanza);
    if (!stanza.is("iq")) return;
    const jingle = stanza.getChild("jingle");
    const query = stanza.getChild("query", disco);
    const answer = { type: "result", id: stanza.attrs["id"], to: stanza.attrs["from"] };
    this.session.send(createElement("iq", answer, ...(query === undefined ? [] : [abilities(query)])));
    if (jingle?.attrs["action"] === "session-initiate") this.#offered(jingle);
  }

  #seen(nick: string, presence: Element): void {
    const type = presence.attrs["type"];
    if (type === "error") this.#joined.reject(refusalIn(presence));
    if (type !== undefined) return;
    if (nick === this.#nick) this.#joined.resolve();
    else if (this.#wanted.has(nick)) this.#others.add(nick);
    if (this.#others.size === this.#wanted.size) this.#all.resolve();
  }

  #offered(jingle: Element): void {
    const transport = jingle
      .getChildren("content")
      .map((content) => content.getChild("transport"))
      .find((one) => one?.attrs["ufrag"] !== undefined);
    const candidate = transport?.getChildren("candidate").find(({ attrs }) => attrs["protocol"] === "udp");
    const port = Number(candidate?.attrs["port"]);
    const { ufrag, pwd } = transport?.attrs ?? {};
    if (typeof ufrag === "string" && typeof pwd === "string" && port > 0) this.#offer.resolve({ ufrag, password: pwd, port });
    else this.#offer.reject(new XmppRefusal("no-candidate", "jicofo's offer names no way to the bridge"));
  }
}

function abilities(query: Element): Element {
  const identity = createElement("identity", { category: "client", type: "web", name: "check" });
  const node = query.attrs["node"] === undefined ? {} : { node: query.attrs["node"] };
  return createElement(
    "query",
    { xmlns: disco, ...node },
    identity,
    ...features.map((one) => createElement("feature", { var: one })),
  );
}

/**
 * A call for as many as there are tokens, without sound: each signs in over the same door as a browser, jicofo opens the
 * room, all see each other, jicofo offers each a connection to the bridge, and the bridge answers at its media port.
 * `stepMs` is what each of these steps may take.
 */
export async function probeRoom(door: Door, call: RoomCall, stepMs = 10_000): Promise<RoomProbe> {
  const began = performance.now();
  const reached = { people: call.tokens.length, signedIn: 0, joined: 0, seeing: 0, offered: 0, heard: 0 };
  const stop = new AbortController();
  const sessions: XmppSession[] = [];
  const counted = async <T>(key: keyof typeof reached, work: Promise<T>): Promise<T> => {
    const done = await inTime(work, stepMs);
    reached[key]++;
    return done;
  };
  let stage: Stage = "door";
  try {
    const signIn = async (token: string) => {
      const session = await XmppSession.open(door, call.room, token, stop.signal);
      sessions.push(session);
      return session;
    };
    const signedIn = await together(call.tokens.map((token) => counted("signedIn", signIn(token))));
    const room = `${call.room}@conference.${door.name}`;
    const nicks = signedIn.map((_, index) => `check${index + 1}`);
    const people = signedIn.map((session, index) => new Participant(session, room, nicks[index] ?? "", nicks));
    stage = "jicofo";
    const [first] = people;
    if (first === undefined) throw new RangeError("a call of nobody");
    const wish = createElement("conference", { xmlns: "http://jitsi.org/protocol/focus", room, "machine-uid": call.room });
    const opened = await inTime(first.session.ask("set", `focus.${door.name}`, wish), stepMs);
    if (opened.getChild("conference")?.attrs["ready"] !== "true") throw new XmppRefusal("not-ready", "");
    stage = "join";
    await together(people.map((person) => counted("joined", person.join())));
    stage = "see";
    await together(people.map((person) => counted("seeing", person.seeingAll)));
    stage = "offer";
    const offers = await together(people.map((person) => counted("offered", person.offer)));
    stage = "media";
    await together(
      offers.map(async (offer) => {
        if (!(await bridgeAnswers(door.address, offer, stepMs / 2))) throw new XmppRefusal("no-answer", `UDP ${offer.port}`);
        reached.heard++;
      }),
    );
    return { ok: true, ...reached, ms: Math.round(performance.now() - began) };
  } catch (error) {
    return { ok: false, ...reached, ms: Math.round(performance.now() - began), ...faultOf(error, stage) };
  } finally {
    stop.abort();
    await Promise.all(sessions.map((session) => session.close()));
  }
}

type Stage = "door" | "jicofo" | "join" | "see" | "offer" | "media";

class OutOfTime extends Error {}

async function inTime<T>(work: Promise<T>, stepMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new OutOfTime("no answer in time")), stepMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** All, and only then the first failure: so many as can come so far are counted. */
async function together<T>(all: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(all);
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

function faultOf(error: unknown, stage: Stage): { fault: RoomFault; detail: string } {
  if (!(error instanceof Error)) throw error;
  const detail = error.message;
  const late = error instanceof OutOfTime || error.name === "TimeoutError";
  switch (stage) {
    case "door":
      return { fault: doorFault(error, late), detail };
    case "jicofo":
      return { fault: late || isAway(error) ? "no-jicofo" : "not-opened", detail };
    case "join":
      return { fault: "not-joined", detail };
    case "see":
      return { fault: "not-seen", detail };
    case "offer":
      return { fault: "no-bridge", detail };
    case "media":
      return { fault: "no-media", detail };
  }
}

/** What XMPP says for a component or a user that is not there. */
const isAway = (error: Error) =>
  error instanceof XmppRefusal &&
  ["service-unavailable", "remote-server-not-found", "item-not-found", "recipient-unavailable"].includes(error.condition);

function doorFault(error: Error, late: boolean): RoomFault {
  if (late) return "silent";
  if (error instanceof DoorShut) return "shut";
  if (error instanceof XmppRefusal) return error.condition === "closed" ? "shut" : "token";
  const code = "code" in error ? String(error.code) : "";
  if (code === "ECONNREFUSED") return "closed";
  if (code === "ETIMEDOUT") return "silent";
  if (/^(?:EHOSTUNREACH|ENETUNREACH|EACCES|EPERM|ENETDOWN)$/.test(code)) return "unreachable";
  return /CERT|ALTNAME|SELF_SIGNED|ISSUER/.test(code) ? "certificate" : "strange";
}
