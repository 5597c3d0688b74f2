import { afterEach, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { type BridgeFrame, parseBridgeFrame } from "../transcription/bridge-frames.ts";
import { Backoff } from "./backoff.ts";
import { ReplayError, replayConference } from "./bridge.ts";
import type { ConferenceItem, ConferencePacket } from "./conference.ts";
import { mergeConferences } from "./conference.ts";
import { impair } from "./network.ts";

const start: ConferenceItem = { kind: "start", at: 5, tag: "a-a0", endpointId: "a", mediaFormat: { encoding: "opus" } };
const packet = (index: number): ConferencePacket => ({
  kind: "media",
  at: 10 + index * 20,
  tag: "a-a0",
  chunk: 100 + index,
  timestamp: 480 + index * 960,
  payload: "AQID",
  audioLevel: index < 20 ? 30 : 90,
  vad: true,
});
const items = [start, ...Array.from({ length: 100 }, (_, index) => packet(index))];

let server: WebSocketServer | undefined;
afterEach(() => server?.close());

/** A service of the test's own: what it got, and how it answers. */
async function service(take: (frame: BridgeFrame, socket: WebSocket, connection: number) => void) {
  const frames: BridgeFrame[][] = [];
  const tokens: (string | undefined)[] = [];
  const listening = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server = listening;
  listening.on("connection", (socket, request) => {
    tokens.push(request.headers.authorization);
    const mine: BridgeFrame[] = [];
    const connection = frames.push(mine);
    socket.on("message", (data) => {
      // The raw text says its event twice.
      const text = String(data);
      if (!text.includes('"info"')) expect(text.match(/"event":/g)).toHaveLength(2);
      const frame = parseBridgeFrame(text);
      mine.push(frame);
      take(frame, socket, connection);
    });
  });
  await new Promise((resolve) => listening.once("listening", resolve));
  const { port } = listening.address() as { port: number };
  return { url: `ws://127.0.0.1:${port}/transcribe`, frames, tokens };
}

const answer = (frame: BridgeFrame, socket: WebSocket) => {
  if (frame.event === "ping") socket.send(JSON.stringify({ event: "pong", id: frame.id }));
};
const mediaOf = (frames: readonly BridgeFrame[]) => frames.flatMap((frame) => (frame.event === "media" ? [frame.media] : []));

test("plays a conference as a bridge does", async () => {
  const { url, frames, tokens } = await service(answer);
  const report = await replayConference({ url, token: "t", items, speed: 10, requests: ["pt"], linger: 500, pingInterval: 50 });
  expect(tokens).toEqual(["Bearer t"]);
  const [mine = []] = frames;
  expect(mine.slice(0, 3).map((frame) => frame.event)).toEqual(["info", "sources", "start"]);
  expect(mine[1]).toMatchObject({ exports: ["a-a0"], requests: ["pt"] });
  expect(mine.at(-1)).toEqual({ event: "session-end" });
  expect(mediaOf(mine).map(({ chunk }) => chunk)).toEqual(Array.from({ length: 100 }, (_, index) => 100 + index));
  expect(report).toMatchObject({ connections: 1, missedPongs: 0, lostPackets: 0 });
  expect(report.pings).toBeGreaterThan(1);
});

test("connects anew when it is cut: clocks begin anew, chunks go on, what was said meanwhile is lost", async () => {
  const { url, frames } = await service((frame, socket, connection) => {
    answer(frame, socket);
    if (connection === 1 && frame.event === "media" && frame.media.chunk === 130) socket.close(4001);
  });
  const report = await replayConference({ url, token: "t", items, speed: 5, linger: 200 });
  expect(report.connections).toBe(2);
  const [first = [], second = []] = frames.map(mediaOf);
  expect(second[0]?.chunk).toBeGreaterThan(130);
  expect(second[0]?.timestamp).toBeLessThan(first.at(-1)?.timestamp ?? 0);
  expect(frames[1]?.slice(0, 3).map((frame) => frame.event)).toEqual(["info", "sources", "start"]);
  expect(new Set([...first, ...second].map(({ chunk }) => chunk)).size + report.lostPackets).toBeGreaterThanOrEqual(100);
});

test("a pong that is not its ping's closes the socket", async () => {
  const { url } = await service((frame, socket, connection) => {
    if (frame.event === "ping") socket.send(JSON.stringify({ event: "pong", id: connection === 1 ? 99 : frame.id }));
  });
  // Three seconds of patience, at a hundred times their speed.
  const clock = {
    now: () => performance.now() * 10,
    after: (ms: number, run: () => void) => {
      const timer = setTimeout(run, ms / 10);
      return () => clearTimeout(timer);
    },
  };
  const report = await replayConference({ url, token: "t", items, clock, speed: 1, linger: 8_000, pingInterval: 1_000 });
  expect(report.missedPongs).toBe(1);
  expect(report.connections).toBe(2);
});

test.each(['{"text":"secret"}', "no json"])("an answer that no bridge can parse fails the replay: %s", async (reply) => {
  const { url } = await service((frame, socket) => {
    if (frame.event === "start") socket.send(reply);
  });
  const replay = replayConference({ url, token: "t", items });
  await expect(replay).rejects.toThrow(ReplayError);
  await expect(replay).rejects.not.toThrow(/secret/);
});

test("nobody there: it tries again until it is told to stop", async () => {
  const replay = replayConference({ url: "ws://127.0.0.1:9/", token: "t", items, maxAttempts: 2 });
  await expect(replay).rejects.toMatchObject({ code: "no-connection" });
});

test("waits grow to half a minute and begin anew after half a minute of peace", () => {
  const backoff = new Backoff();
  expect(Array.from({ length: 8 }, () => backoff.next(0) / 1_000)).toEqual([0, 1, 2, 4, 8, 16, 30, 30]);
  backoff.opened(0);
  expect(backoff.next(29_999)).toBe(30_000);
  backoff.opened(0);
  expect(backoff.next(30_000)).toBe(0);
});

test("a bad network is bad in the same way each time", () => {
  const lossy = impair(items, { loss: 0.05 });
  expect(lossy).toEqual(impair(items, { loss: 0.05 }));
  expect(lossy.length).toBeLessThan(items.length);
  expect(lossy.length).toBeGreaterThan(items.length * 0.85);
  const doubled = impair(items, { duplicate: 1, reorder: 0.3 });
  expect(doubled).toHaveLength(1 + 2 * 100);
  expect(doubled.map(({ at }) => at)).toEqual(doubled.map(({ at }) => at).toSorted((a, b) => a - b));
});

test("DTX leaves silence out and numbers what is left without gaps", () => {
  const kept = impair(items, { dtx: true }).filter((item) => item.kind === "media");
  expect(kept).toHaveLength(20 + 10 + 4);
  expect(kept.map(({ chunk }) => chunk)).toEqual(kept.map((_, index) => 100 + index));
  expect((kept.at(-1)?.timestamp ?? 0) - (kept.at(-2)?.timestamp ?? 0)).toBe(20 * 960);
});

test("conferences side by side keep their sources apart", () => {
  const merged = mergeConferences([items, items]);
  expect(new Set(merged.map(({ tag }) => tag)).size).toBe(2);
  expect(merged).toHaveLength(2 * items.length);
});
