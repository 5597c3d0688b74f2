import { expect, test } from "vitest";
import { FrameError, parseBridgeFrame } from "./bridge-frames.ts";

function codeOf(text: string): string {
  try {
    parseBridgeFrame(text);
  } catch (error) {
    if (error instanceof FrameError) return error.code;
  }
  return "none";
}

test("numbers come as strings or as numbers", () => {
  const media = '"tag":"a-a0","chunk":"70000","timestamp":"147593","payload":"AQID"';
  const frame = parseBridgeFrame(
    `{"event":"media","sequenceNumber":"2","media":{${media},"audioLevel":49,"vad":true},"event":"media"}`,
  );
  expect(frame).toMatchObject({
    event: "media",
    sequenceNumber: 2,
    media: { chunk: 70_000, timestamp: 147_593, audioLevel: 49 },
  });
  expect(parseBridgeFrame('{"event":"ping","id":1,"event":"ping"}')).toEqual({ event: "ping", id: 1 });
  expect(parseBridgeFrame('{"event":"ping","id":"1"}')).toEqual({ event: "ping", id: 1 });
});

test("of two events the last one counts", () => {
  expect(parseBridgeFrame('{"event":"SessionEndEvent","event":"session-end"}')).toEqual({ event: "session-end" });
});

test("older bridges leave levels out, newer ones add what we do not know", () => {
  const frame = parseBridgeFrame(
    '{"event":"start","sequenceNumber":"1","start":{"tag":"c2d6e5fc-446990939","mediaFormat":{"encoding":"opus","sampleRate":48000,"channels":2},"customParameters":{"endpointId":"c2d6e5fc"},"diarize":false,"new":1}}',
  );
  expect(frame).toMatchObject({ start: { tag: "c2d6e5fc-446990939", customParameters: { endpointId: "c2d6e5fc" } } });
  expect(parseBridgeFrame('{"event":"sources"}')).toEqual({ event: "sources", exports: [], requests: [] });
  expect(parseBridgeFrame('{"event":"info","application":"jitsi-videobridge","version":"2.3"}')).toMatchObject({ event: "info" });
});

test("what is wrong has a code, and its message quotes nothing", () => {
  expect(codeOf("{secret")).toBe("not-json");
  expect(codeOf("null")).toBe("unknown-event");
  expect(codeOf('{"event":"secret"}')).toBe("unknown-event");
  expect(codeOf('{"event":"ping","id":"secret"}')).toBe("invalid-frame");
  expect(codeOf('{"event":"media","media":{"tag":"a","chunk":1.5,"timestamp":0,"payload":""}}')).toBe("invalid-frame");
  for (const text of ["{secret", '{"event":"secret"}', '{"event":"ping","id":"secret"}']) {
    expect(() => parseBridgeFrame(text)).toThrow(/^bridge frame: [a-z-]+$/);
  }
});
