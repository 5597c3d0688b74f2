import type { RoomFault, RoomProbe, TurnFault, TurnOutcome } from "@yizhan/meet/probe";
import { describe, expect, it } from "vitest";
import { openText } from "../text.ts";
import { siteSchema } from "@yizhan/bundle";
import { type Calls, callSentences } from "./calls.ts";

const text = await openText("en");
const site = siteSchema.parse({
  country: "MZ",
  size: "clinic",
  target: { kind: "debian", host: "192.0.2.4", hostKey: "ssh-ed25519 AAAA" },
  names: { station: "mz.example.org", meet: "meet.mz.example.org", turn: "turn.mz.example.org" },
  address: "192.0.2.4",
  tls: { kind: "internal" },
  unseal: { kind: "file" },
  alerts: {},
  backup: { at: "02:30", keep: 14, target: { kind: "directory", path: "/var/backups/yizhan" } },
  jitsi: { packages: "./jitsi" },
});

const relays: TurnOutcome = { ok: true, relayed: true, seenAs: "198.51.100.7:40000", ms: 20 };
const held: RoomProbe = { ok: true, people: 3, signedIn: 3, joined: 3, seeing: 3, offered: 3, heard: 3, ms: 1_200 };
const well: Calls = {
  ok: true,
  turn: { ok: true, refusesOthers: true, outcomes: { udp: relays, tcp: relays, tls: relays } },
  room: held,
};

const turnFaults: Readonly<Record<TurnFault, RegExp>> = {
  silent: /no answer from port 3478.*Open 3478/,
  closed: /nobody listens at port 3478 of 192\.0\.2\.4.*coturn/,
  unreachable: /no way leads from here to 192\.0\.2\.4/,
  certificate: /turn\.mz\.example\.org/,
  credential: /refuses a credential.*drift/,
  full: /no relay is left/,
  open: /for anybody.*drift/,
  "not-relayed": /nothing comes through.*localAddress/,
  strange: /the reason/,
};
const roomFaults: Readonly<Record<RoomFault, RegExp>> = {
  silent: /no answer from port 443/,
  closed: /nobody listens at port 443.*nginx/,
  unreachable: /no way leads/,
  certificate: /meet\.mz\.example\.org/,
  shut: /prosody behind it does not/,
  token: /refuses a token/,
  "no-jicofo": /jicofo is not there.*status jicofo/,
  "not-opened": /does not open the room/,
  "not-joined": /not let everybody in/,
  "not-seen": /not all see each other/,
  "no-bridge": /jitsi-videobridge2/,
  "no-media": /does not answer from here \(the reason\)/,
  strange: /the reason/,
};

describe("what came of a test call, in sentences", () => {
  it("is three where all is well, and a call is held only where three were in it", () => {
    const [relay, refuses, room, ...more] = callSentences(site, well, text);
    expect(refuses).toContain("refuses a made-up credential");
    expect(relay).toContain("over UDP, TCP, TLS. It sees this machine as 198.51.100.7:40000");
    expect(room).toMatch(/3 people signed in.*No sound was sent/);
    expect(more).toEqual([]);
  });

  it("claims neither relaying nor a call where nobody gave a credential", () => {
    const answers = { ...relays, relayed: false };
    const sentences = callSentences(
      site,
      { ok: true, turn: { ok: true, outcomes: { udp: answers, tcp: answers, tls: answers } } },
      text,
    );
    expect(sentences).toEqual([expect.stringContaining("Nothing was sent through it"), expect.stringContaining("not held")]);
  });

  it.each(Object.entries(turnFaults))("names a relay's fault and what to do: %s", (fault, sentence) => {
    const outcomes = { udp: { ok: false, fault: fault as TurnFault, detail: "the reason" }, tcp: relays, tls: relays } as const;
    const sentences = callSentences(site, { ...well, ok: false, turn: { ok: false, outcomes } }, text);
    expect(sentences[0]).toContain("over TCP, TLS.");
    expect(sentences[1]).toMatch(/^Relay over UDP: /);
    expect(sentences[1]).toMatch(sentence);
  });

  it.each(Object.entries(roomFaults))("names a call's fault, what to do, and how far it came: %s", (fault, sentence) => {
    const room: RoomProbe = {
      ...held,
      ok: false,
      joined: 2,
      seeing: 0,
      offered: 0,
      heard: 0,
      fault: fault as RoomFault,
      detail: "the reason",
    };
    const [, , said, reached] = callSentences(site, { ...well, ok: false, room }, text);
    expect(said).toMatch(sentence);
    expect(reached).toContain("3 signed in, 2 joined, 0 saw all the others");
  });
});
