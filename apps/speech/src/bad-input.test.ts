import { request } from "node:http";
import type { ServiceMessage } from "@yizhan/meet";
import type { ConferencePacket } from "@yizhan/meet/replay";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isFinal, openBridgeSocket, spokenPackets } from "./testing/bridge-socket.ts";
import { scriptedEngines } from "./testing/scripted-engines.ts";
import { startService, type TestService, testToken } from "./testing/service.ts";

const engines = scriptedEngines({
  hear: { en: "good morning this is anna speaking the quarterly report is ready", fr: "bonjour" },
  before({ language }) {
    if (language === "fr") throw new Error("this engine always fails");
  },
});
const query = (session: string) => `sessionId=${session}&sendBack=true&sendBackInterim=true&lang=en`;
let service: TestService;
let packets: ConferencePacket[];

beforeAll(async () => {
  service = await startService({ engines });
  packets = await spokenPackets();
});
afterAll(() => service.close());

/** What an upgrade that is refused answers. */
function upgrade(path: string, headers: Record<string, string>): Promise<{ status: number; code: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(service.url + path, {
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        ...headers,
      },
    });
    asked.on("error", reject);
    asked.on("upgrade", () => reject(new Error("it was not refused")));
    asked.on("response", (response) => {
      let body = "";
      response.on("data", (chunk) => (body += String(chunk)));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, code: JSON.parse(body).error.code }));
    });
    asked.end();
  });
}

/** Lets what was sent over one socket arrive before what is sent over another. */
const tick = () => service.get("/healthz");

const bearer = { authorization: `Bearer ${testToken}` };
const problem = (code: string) => (message: ServiceMessage) => message.event === "info" && message.problem === code;

describe("before there is a socket", () => {
  test("what is no WebSocket is told so", async () => {
    const answer = await service.get("/transcribe?sessionId=x&sendBack=true");
    expect(answer.status).toBe(426);
    expect(await answer.json()).toMatchObject({ error: { code: "not-a-websocket" } });
  });

  test.each([
    ["no token", "/transcribe?sessionId=x&sendBack=true", {}, 401, "token-wrong"],
    ["a wrong token", "/transcribe?sessionId=x&sendBack=true", { authorization: "Bearer wrong" }, 401, "token-wrong"],
    [
      "a token in the query of the new path",
      `/transcribe?sessionId=x&sendBack=true&auth_token=${testToken}`,
      {},
      401,
      "token-wrong",
    ],
    ["no session", "/transcribe?sendBack=true", bearer, 400, "session-missing"],
    ["no output asked for", "/transcribe?sessionId=x", bearer, 400, "no-output"],
    ["interims without captions", "/transcribe?sessionId=x&sendBackInterim=true", bearer, 400, "no-output"],
    ["an encoding nobody knows", "/transcribe?sessionId=x&sendBack=true&encoding=mp3", bearer, 400, "encoding-unknown"],
    ["a language that is none", "/transcribe?sessionId=x&sendBack=true&lang=p_t_!", bearer, 400, "language-invalid"],
    ["a path that is none", "/elsewhere", bearer, 404, "not-found"],
    ["a microphone of nobody", "/microphone?sessionId=x", bearer, 400, "participant-missing"],
    [
      "a microphone of three",
      "/microphone?sessionId=x&participant=a&participant=b&participant=c",
      bearer,
      400,
      "participant-missing",
    ],
    [
      "a microphone of two in one language",
      "/microphone?sessionId=x&participant=a&participant=b&lang=pt",
      bearer,
      400,
      "language-invalid",
    ],
  ])("%s", async (_, path, headers: Record<string, string>, status, code) => {
    expect(await upgrade(path, headers)).toEqual({ status, code });
  });

  test("HTTP wants the token, but for its health", async () => {
    const headers = { authorization: "Bearer wrong" };
    expect((await service.get("/sessions", { headers })).status).toBe(401);
    expect((await service.get("/metrics", { headers })).status).toBe(401);
    expect((await service.get("/healthz", { headers })).status).toBe(200);
  });

  test("a body of 20 MB is not read", async () => {
    const body = `{"a":"${"x".repeat(20_000_000)}"}`;
    const answer = await service.get("/sessions/x/languages", { method: "PUT", body });
    expect(answer.status).toBe(413);
  });

  test.each(['{"a":"p_t_!"}', '{"a":7}', "[]", "no json", '{"a":{"name":"Ana"}}'])(
    "languages that are none: %s",
    async (body) => {
      const answer = await service.get("/sessions/x/languages", { method: "PUT", body });
      expect(answer.status).toBe(422);
      expect(await answer.json()).toMatchObject({ error: { code: "language-invalid" } });
    },
  );
});

describe("frames that no bridge sends", () => {
  const media = (tag: string, payload: string) =>
    JSON.stringify({ event: "media", sequenceNumber: "1", media: { tag, chunk: "1", timestamp: "1", payload } });

  test.each([
    ["not JSON", "{", "not-json"],
    ["no event", '{"media":1}', "unknown-event"],
    ["an unknown event", '{"event":"dance"}', "unknown-event"],
    ["a media without its fields", '{"event":"media"}', "invalid-frame"],
    ["a media before its start", media("a-a0", "eDMP"), "unknown-tag"],
    ["broken base64", media("known-a0", "e!M="), "broken-base64"],
    [
      "an encoding nobody decodes",
      '{"event":"start","start":{"tag":"b-a0","mediaFormat":{"encoding":"L16"},"customParameters":{"endpointId":"b"}}}',
      "unknown-encoding",
    ],
  ])("%s is answered once, and what follows is heard", async (name, frame, code) => {
    const socket = await openBridgeSocket(service.ws, query(`bad-${code}-${name.length}`));
    socket.start("known-a0");
    socket.send(frame);
    socket.send(frame);
    await socket.until(problem(code));
    socket.speak("known-a0", packets, 1);
    await socket.until(isFinal);
    expect(socket.messages.filter(problem(code))).toHaveLength(1);
    // The answer never quotes the frame.
    expect(JSON.stringify(socket.messages.find(problem(code)))).not.toContain("dance");
    socket.close();
  });

  test("a broken Opus frame is passed over in mid-speech", async () => {
    const socket = await openBridgeSocket(service.ws, query("broken-opus"));
    socket.start("known-a0");
    const broken = packets.map((packet, index) => (index % 40 === 20 ? { ...packet, payload: "e///AQID" } : packet));
    socket.speak("known-a0", broken, 1);
    const final = await socket.until(isFinal);
    expect(final).toMatchObject({ participant: { id: "known" } });
    socket.close();
    await socket.closed;
    const metrics = await (await service.get("/metrics")).text();
    expect(metrics).toMatch(/speech_packets_total\{fate="broken"\} [1-9]/);
  });

  test("a message of 20 MB closes its socket and no other", async () => {
    const other = await openBridgeSocket(service.ws, query("big"));
    const socket = await openBridgeSocket(service.ws, query("big"));
    socket.send("x".repeat(20_000_000));
    expect(await socket.closed).toBe(1009);
    other.start("known-a0");
    other.speak("known-a0", packets, 1);
    await other.until(isFinal);
    other.close();
  });

  test("a thousand bad frames are no bridge", async () => {
    const socket = await openBridgeSocket(service.ws, query("flood"));
    for (let index = 0; index < 1_000; index += 1) socket.send("{");
    expect(await socket.closed).toBe(1008);
  });
});

describe("a session", () => {
  test("in a language that nobody hears has no captions, and is told so", async () => {
    const told = await service.get("/sessions/mute/languages", { method: "PUT", body: '{"known":"sw"}' });
    expect(await told.json()).toEqual({ participants: [{ id: "known", language: "sw", captions: false }], together: false });
    const watch = service.watch("mute");
    const socket = await openBridgeSocket(service.ws, "sessionId=mute&sendBack=true");
    const before = engines.requests.length;
    socket.start("known-a0");
    socket.start("unknown-a0");
    socket.speak("known-a0", packets, 1);
    socket.speak("unknown-a0", packets, 1);
    const nobody = await watch.until((event) => event.type === "participant" && event.participant.id === "unknown");
    expect(nobody).toMatchObject({ captions: false, participant: { language: "und" } });
    socket.send('{"event":"session-end"}');
    await watch.until((event) => event.type === "ended");
    expect(engines.requests.length).toBe(before);
    expect(watch.events.some((event) => event.type === "line")).toBe(false);
    // From the next segment on a language that is told holds.
    await service.get("/sessions/mute/languages", { method: "PUT", body: '{"known":{"language":"en","name":"Anna"}}' });
    socket.speak("known-a0", packets, 20, 1_000);
    await socket.until(isFinal);
    watch.close();
    socket.close();
  });

  test("goes on when a second socket takes over, and both are answered apart", async () => {
    const first = await openBridgeSocket(service.ws, query("twice"));
    first.start("known-a0");
    first.speak("known-a0", packets, 1);
    await first.until(isFinal);
    const second = await openBridgeSocket(service.ws, query("twice"));
    second.start("known-a0");
    // Its clock begins anew, its chunks go on.
    second.speak("known-a0", packets, 0.5, 1_000);
    const final = await second.until(isFinal);
    expect(first.messages.filter(isFinal)).toHaveLength(1);
    expect(final).toMatchObject({ participant: { id: "known", tag: "known-a0" } });
    // What the older one still brings of the same source is not heard twice.
    const before = engines.requests.length;
    second.speak("known-a0", packets.slice(0, 10), 8, 1_500);
    await tick();
    first.speak("known-a0", packets, 20, 3_000);
    first.send('{"event":"ping","id":5}');
    await first.until((message) => message.event === "pong");
    expect(engines.requests.length).toBe(before);
    first.close();
    await first.closed;
    second.speak("known-a0", packets, 10, 2_000);
    await second.until((message) => isFinal(message) && message !== final);
    const { sessions } = (await (await service.get("/sessions")).json()) as {
      sessions: { id: string; participants: unknown[] }[];
    };
    expect(sessions.find(({ id }) => id === "twice")?.participants).toHaveLength(1);
    second.close();
  });

  test("hears one speaker when another's engine fails, and counts what was lost", async () => {
    await service.get("/sessions/half/languages", { method: "PUT", body: '{"fails":"fr","known":"en"}' });
    const watch = service.watch("half");
    const socket = await openBridgeSocket(service.ws, query("half"));
    socket.start("fails-a0");
    socket.start("known-a0");
    socket.speak("fails-a0", packets, 1);
    socket.speak("known-a0", packets, 1);
    await socket.until(isFinal);
    const health = await watch.until(
      (event) =>
        event.type === "health" &&
        event.speakers.some(({ participant, lostSegments }) => participant.id === "fails" && lostSegments > 0),
    );
    expect(health).toMatchObject({ type: "health" });
    for (const message of socket.messages.filter(isFinal)) expect(message).toMatchObject({ participant: { id: "known" } });
    watch.close();
    socket.close();
  });
});
