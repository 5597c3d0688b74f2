import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { jitsiToken } from "@yizhan/meet/credentials";
import type { RoomProbe, TurnProbe } from "@yizhan/meet/probe";
import { readRecording, type Recording } from "@yizhan/meet/replay";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../support/local.ts";
import { type Caller, openCaller } from "./caller.ts";
import { type Calls, startCalls } from "./calls.ts";
import { soundOf } from "./sound.ts";

interface Caption {
  readonly at: number;
  readonly message: {
    readonly type: string;
    readonly message_id: string;
    readonly is_interim?: boolean;
    readonly language: string;
    readonly participant: { readonly id: string };
    readonly transcript?: readonly { readonly text: string }[];
    readonly text?: string;
  };
}
interface Joined {
  readonly id: string;
  readonly meeting: string;
}

/** Seconds of the recorded visit that are held as a call. */
const length = 21;
const room = "vabcdefghijklmnopqrstuvwxyz";
let calls: Calls;
let recording: Recording;
let doctor: Caller;
let patient: Caller;
let interpreter: Caller | undefined;
/** Milliseconds from the true end of a turn to its final, on both screens. */
const lags: number[] = [];
/** Lines with interims before their final. */
let count = 0;
const joined = new Map<string, Joined>();

beforeAll(async () => {
  recording = await readRecording(join(root, "apps/speech/recordings/consult-en-pt.jsonl.gz"));
  calls = await startCalls(process.env.YIZHAN_JITSI ?? "", join(root, ".yizhan/models"));
  doctor = await openCaller(calls, "doctor", await soundOf(recording, "doctor", length));
  patient = await openCaller(calls, "patient", await soundOf(recording, "patient", length));
});
afterAll(async () => {
  await doctor?.close();
  await patient?.close();
  await interpreter?.close();
  await calls?.close();
});

const token = (name: string, more: { room?: string; secret?: string; now?: number } = {}) =>
  jitsiToken({
    appId: "yizhan",
    secret: calls.secret("jitsi-app"),
    domain: calls.site.names.meet,
    room,
    user: { id: name, name, moderator: name === "doctor" },
    ...more,
  });
const joinRoom = ({ page }: Caller, key: string, relayOnly = false) =>
  page.evaluate<Joined>(`join(${JSON.stringify(room)}, ${JSON.stringify(key)}, ${relayOnly})`);
const heardBy = ({ page }: Caller) => page.evaluate<Caption[]>("heard");
/** Tells the speech service who speaks what, as the station does. */
const speak = (languages: Readonly<Record<string, string>>) => {
  const headers = ["-H", `authorization: Bearer ${calls.secret("speech-token")}`, "-H", "content-type: application/json"];
  const to = `http://127.0.0.1:4811/sessions/${room}/languages`;
  return calls.machine.run("curl", "-fsS", ...headers, "-X", "PUT", "-d", JSON.stringify(languages), to);
};

it("lets nobody in without a token for this room, of this station, of today", async () => {
  for (const key of [
    await token("patient", { secret: "0".repeat(64) }),
    await token("patient", { room: "vzzzzzzzzzzzzzzzzzzzzzzzzzz" }),
    await token("patient", { now: Date.now() - 86_400_000 }),
  ])
    await expect(joinRoom(patient, key)).rejects.toThrow();
  await patient.page.reload();
});

it("opens to who has one; the token says who leads", async () => {
  joined.set("doctor", await joinRoom(doctor, await token("doctor")));
  joined.set("patient", await joinRoom(patient, await token("patient")));
  expect([...joined.values()].map(({ meeting }) => meeting)).toEqual([room, room]);
  await doctor.page.evaluate("untilLeading()");
  expect(await patient.page.evaluate("conference.isModerator()")).toBe(false);
});

it("captions what both say to both, each in their language, as it comes and then for good", async () => {
  const people = { doctor: joined.get("doctor")?.id ?? "", patient: joined.get("patient")?.id ?? "" };
  const languages = { [people.doctor]: "en", [people.patient]: "pt" };
  await speak(languages);
  await Promise.all([doctor, patient].map(({ page }) => page.evaluate("untilConnected()")));
  const began = {
    doctor: await doctor.page.evaluate<number>("speak()"),
    patient: await patient.page.evaluate<number>("speak()"),
  };
  const turns = recording.header.turns.filter(({ end }) => end < length - 1);
  const said = { doctor: /brings you here[^]*temperature[^]*(?:chills|sweat)/i, patient: /bom dia[^]*febre[^]*ontem/i };
  for (const { page } of [doctor, patient])
    for (const name of ["doctor", "patient"] as const) await page.evaluate(`untilSaid("${people[name]}", ${String(said[name])})`);

  for (const caller of [doctor, patient]) {
    const captions = (await heardBy(caller)).filter(({ message }) => message.type === "transcription-result");
    // Under load the hearing leaves interims out, of one speaker rather than another.
    const interim = new Set(
      captions.filter(({ message }) => message.is_interim === true).map(({ message }) => message.message_id),
    );
    count += interim.size;
    expect(captions.some(({ message }) => message.is_interim !== true && interim.has(message.message_id))).toBe(true);
    for (const [name, language] of [
      ["doctor", "en"],
      ["patient", "pt"],
    ] as const) {
      const own = captions.filter(({ message }) => message.participant.id === people[name]);
      expect([...new Set(own.map(({ message }) => message.language))]).toEqual([language]);
      const finals = own.filter(({ message }) => message.is_interim !== true);
      lags.push(
        ...lagsOf(
          finals,
          turns.filter(({ speaker }) => speaker === name),
          began[name],
        ),
      );
    }
  }
  expect(lags.length).toBeGreaterThanOrEqual(2 * (turns.length - 1));
});

it("keeps one socket for the whole call: the bridge takes every pong", async () => {
  const log = await readFile(join(calls.machine.folder, "jvb.sh.log"), "utf8");
  expect(log).not.toMatch(/ping timeout|expected id|reconnect|websocket error/i);
});

it("lets a third in over the relay alone: all three see each other, and hear the third's captions", async () => {
  const key = await token("interpreter");
  interpreter = await openCaller(calls, "interpreter", await soundOf(recording, "doctor", length));
  const third = await joinRoom(interpreter, key, true);
  await speak({ [third.id]: "en" });
  await interpreter.page.evaluate("untilConnected()");
  const offered = await interpreter.page.evaluate<{ urls: string }[]>("relays()");
  const { turn } = calls.site.names;
  expect(offered.map(({ urls }) => urls).toSorted()).toEqual([
    `turn:${turn}:3478`,
    `turn:${turn}:3478?transport=tcp`,
    `turns:${turn}:5349?transport=tcp`,
  ]);
  for (const { page } of [doctor, patient, interpreter]) expect(await page.evaluate("people.size")).toBe(2);
  await interpreter.page.evaluate("speak()");
  for (const { page } of [doctor, patient, interpreter]) await page.evaluate(`untilHeard("${third.id}")`);
  const path = await interpreter.page.evaluate<{ local: { candidateType: string }; sent: number; received: number }>("path()");
  expect(path.local.candidateType).toBe("relay");
  expect(Math.min(path.sent, path.received)).toBeGreaterThan(1_000);
});

it("has nothing else that prosody warns of, and no word or name in a log", async () => {
  // The three that were refused in the beginning, and nothing else.
  const warned = (await calls.machine.run("cat", "/run/prosody/log")).trim().split("\n");
  expect(warned.filter((line) => !/:(?:auth_token\twarn|token_verification\terror)\t/.test(line))).toEqual([]);
  const names = ["prosody", "jvb.sh", "jicofo.sh", "nginx", "turn", "speech"];
  const logs = await Promise.all(names.map((name) => readFile(join(calls.machine.folder, `${name}.log`), "utf8")));
  for (const [index, log] of logs.entries()) {
    expect(log, names[index]).not.toMatch(/good morning|febre|Amélia|interpreter/i);
    expect(log.includes(calls.secret("speech-token")), `${names[index]} writes the token`).toBe(false);
  }
});

it("is in time: the machine that carries the browsers too has to be quiet for this one", () => {
  const sorted = lags.toSorted((a, b) => a - b);
  process.stdout.write(`${count} lines with interims; finals after the true end, ms: ${sorted.map(Math.round).join(" ")}\n`);
  expect(sorted.at(Math.floor(sorted.length / 2))).toBeLessThan(4_000);
});

it("is told well by what `yizhan up` ends with; then jicofo is stopped, prosody, nginx, and each is named", async () => {
  const { machine, site } = calls;
  const asked = ["--address", site.address, "--meet", site.names.meet, "--turn", site.names.turn];
  const ask = async () => {
    const answer = await machine.run(process.execPath, join(root, "tests/jitsi/ask.ts"), ...asked);
    return JSON.parse(answer) as { turn: TurnProbe; room: RoomProbe };
  };
  const whole = await ask();
  process.stdout.write(
    `the call for three took ${whole.room.ms} ms, the relays ${whole.turn.outcomes.tls.ok && whole.turn.outcomes.tls.ms} ms\n`,
  );
  const three = { people: 3, signedIn: 3, joined: 3, seeing: 3, offered: 3, heard: 3 };
  const well = { ok: true, relayed: true };
  expect(whole).toMatchObject({
    room: { ok: true, ...three },
    turn: { ok: true, outcomes: { udp: well, tcp: well, tls: well } },
  });
  for (const [port, left] of [
    [8888, { fault: "no-jicofo", signedIn: 3, joined: 0 }],
    [5222, { fault: "shut", signedIn: 0 }],
    [443, { fault: "closed", signedIn: 0 }],
  ] as const) {
    await machine.run("sh", "-euc", `kill -KILL $(ss -Hltnp 'sport = :${port}' | grep -o 'pid=[0-9]*' | cut -d= -f2 | sort -u)`);
    expect((await ask()).room).toMatchObject({ ok: false, ...left });
  }
});

/** Milliseconds from the true end of each turn to the next final; the ends are known to a few hundredths. */
function lagsOf(finals: readonly Caption[], turns: readonly { readonly end: number }[], began: number): number[] {
  return turns.flatMap(({ end }) => {
    const next = finals.find(({ at }) => at > began + end * 1_000 - 200);
    return next === undefined ? [] : [next.at - began - end * 1_000];
  });
}
