import { type ChildProcess, spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { probeRoom } from "./room.ts";
import { attributes, decodeStun, encodeStun } from "./stun-message.ts";

// A real prosody. Jitsi's own modules are in no package registry, so it signs everybody in, and a module of the test's
// answers in jicofo's place: what is shown is how the question is asked. `yizhan test --jitsi` asks the real ones.
let folder = "";
let prosody: ChildProcess | undefined;
let bridge: Socket;
let port = 0;
/** Whom the bridge was asked for. */
const asked: string[] = [];

const focus = `
local st = require "util.stanza";
module:hook("iq-set/host/http://jitsi.org/protocol/focus:conference", function (event)
  local wish = event.stanza:get_child("conference", "http://jitsi.org/protocol/focus");
  event.origin.send(st.reply(event.stanza):tag("conference", { xmlns = wish.attr.xmlns, ready = "true", room = wish.attr.room }));
  return true;
end);
`;
const offers = `
local st = require "util.stanza";
local port = module:get_option_string("bridge_port");
module:hook("muc-occupant-joined", function (event)
  local iq = st.iq({ type = "set", id = "offer", from = event.room.jid.."/focus", to = event.occupant.jid });
  iq:tag("jingle", { xmlns = "urn:xmpp:jingle:1", action = "session-initiate", sid = "1" }):tag("content", { name = "audio" });
  iq:tag("transport", { xmlns = "urn:xmpp:jingle:transports:ice-udp:1", ufrag = "bridge", pwd = "a password" });
  iq:tag("candidate", { protocol = "udp", ip = "127.0.0.1", port = port, type = "host" });
  module:send(iq);
end, -20);
`;

async function freePort(): Promise<number> {
  const probe = createTcp().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const free = (probe.address() as AddressInfo).port;
  probe.close();
  await once(probe, "close");
  return free;
}

/** One Jitsi's names: with jicofo or without, and the port at which its bridge is said to be. */
const host = (name: string, { jicofo = true, bridgePort = "", more = "", authentication = "anonymous" }) => `
VirtualHost "${name}"
  authentication = "${authentication}"
Component "focus.${name}" "${jicofo ? "focus" : "idle"}_stand_in"
Component "conference.${name}" "muc"
  storage = "memory"
  muc_room_locking = false
  ${more}
  ${bridgePort === "" ? "" : `modules_enabled = { "offers_stand_in" } bridge_port = "${bridgePort}"`}
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "yizhan-room-"));
  bridge = createSocket("udp4").bind(0, "127.0.0.1");
  bridge.on("message", (bytes, from) => {
    const message = decodeStun(bytes);
    if (message === undefined) return;
    asked.push(message.attributes.get(attributes.username)?.toString("utf8") ?? "");
    const answer = encodeStun({ ...message, kind: "success", attributes: new Map() }, "a password");
    bridge.send(answer, from.port, from.address);
  });
  await once(bridge, "listening");
  port = await freePort();
  await writeFile(join(folder, "mod_focus_stand_in.lua"), focus);
  await writeFile(join(folder, "mod_idle_stand_in.lua"), "");
  await writeFile(join(folder, "mod_offers_stand_in.lua"), offers);
  const config = `
run_as_root = true
pidfile = "${folder}/pid"
data_path = "${folder}"
plugin_paths = { "${folder}" }
log = { info = "*console" }
interfaces = { "127.0.0.1" }
c2s_ports = {} c2s_direct_tls_ports = {} s2s_ports = {} https_ports = {}
http_ports = { ${port} }
http_interfaces = { "127.0.0.1" }
consider_websocket_secure = true
modules_enabled = { "saslauth", "disco", "websocket" }
modules_disabled = { "s2s", "offline", "register", "tls" }
${host("meet.test", { bridgePort: String(bridge.address().port) })}
${host("no-jicofo.test", { jicofo: false })}
${host("no-bridge.test", {})}
${host("no-media.test", { bridgePort: String(await freePort()) })}
${host("no-room.test", { more: "restrict_room_creation = true" })}
${host("no-token.test", { authentication: "internal_hashed" })}
`;
  await writeFile(join(folder, "prosody.cfg.lua"), config);
  const started = spawn("prosody", ["-F", "--config", join(folder, "prosody.cfg.lua")], { stdio: ["ignore", "pipe", "pipe"] });
  prosody = started;
  let log = "";
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      log += chunk.toString();
      if (/Activated service 'http'/.test(log)) resolve();
    };
    started.stdout.on("data", hear);
    started.stderr.on("data", hear);
    started.once("exit", () => reject(new Error(log)));
  });
});
afterAll(async () => {
  bridge?.close();
  if (prosody !== undefined && prosody.exitCode === null) {
    prosody.kill();
    await once(prosody, "exit");
  }
  await rm(folder, { recursive: true, force: true });
});

const ask = (name: string, more: { port?: number } = {}) =>
  probeRoom(
    { address: "127.0.0.1", port, name, plain: true, ...more },
    { room: "check-a", tokens: ["one", "two", "three"] },
    1_000,
  );

it("brings three into one room, where each sees the others and the bridge answers each", async () => {
  const all = { people: 3, signedIn: 3, joined: 3, seeing: 3, offered: 3, heard: 3 };
  const { ms, ...probe } = await ask("meet.test");
  expect(probe).toEqual({ ok: true, ...all });
  expect(ms).toBeLessThan(3_000);
  expect(new Set(asked)).toEqual(new Set(["bridge:check"]));
  // Whoever asked is gone: the same room is empty for the next who asks.
  expect(await ask("meet.test")).toMatchObject({ ok: true, ...all });
});

it.each([
  ["no-jicofo.test", { fault: "no-jicofo", signedIn: 3, joined: 0 }],
  ["no-room.test", { fault: "not-joined", signedIn: 3, joined: 0, seeing: 0 }],
  ["no-bridge.test", { fault: "no-bridge", joined: 3, seeing: 3, offered: 0 }],
  ["no-media.test", { fault: "no-media", offered: 3, heard: 0 }],
  ["no-token.test", { fault: "token", signedIn: 0 }],
])("says how far it came, and what is missing: %s", async (name, said) => {
  expect(await ask(name)).toMatchObject({ ok: false, people: 3, ...said });
});

it("tells a closed port, a silent one, and nginx without a prosody behind it from one another", async () => {
  const nginx = createServer((_, response) => response.writeHead(502).end()).listen(0, "127.0.0.1");
  nginx.on("upgrade", (_, socket) => socket.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"));
  const silent = createTcp(() => undefined).listen(0, "127.0.0.1");
  await Promise.all([once(nginx, "listening"), once(silent, "listening")]);
  const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
  expect(await ask("meet.test", { port: portOf(nginx) })).toMatchObject({ fault: "shut", detail: "HTTP 502" });
  expect(await ask("meet.test", { port: portOf(silent) })).toMatchObject({ fault: "silent" });
  expect(await ask("meet.test", { port: await freePort() })).toMatchObject({ fault: "closed" });
  nginx.close();
  silent.close();
});
