import { manualClock } from "@yizhan/meet";
import { beforeAll, expect, test } from "vitest";
import { spokenPackets } from "../testing/bridge-socket.ts";
import { base64Bytes } from "./base64.ts";
import { opusTicks } from "./opus-packet.ts";
import type { Packet } from "./packet-buffer.ts";
import { type Encoding, Source } from "./source.ts";

let packets: Packet[];

beforeAll(async () => {
  packets = (await spokenPackets()).map(({ chunk, timestamp, payload }) => ({
    chunk,
    timestamp,
    payload: base64Bytes(payload) ?? new Uint8Array(),
  }));
});

async function decode(input: readonly Packet[], encoding: Encoding = "opus") {
  const clock = manualClock();
  const out: { samples: number; timestamp: number; power: number }[] = [];
  const source = new Source({
    clock,
    encoding,
    decoded: (samples, timestamp) =>
      out.push({ samples: samples.length, timestamp, power: samples.reduce((sum, one) => sum + one * one, 0) }),
  });
  await source.ready;
  for (const packet of input) {
    source.push(packet);
    clock.advance(20);
  }
  clock.advance(100);
  source.close();
  return { out, counts: source.counts, seconds: out.reduce((sum, { samples }) => sum + samples, 0) / 16_000 };
}

test("twenty milliseconds a packet, at the packet's own time", async () => {
  const { out, seconds } = await decode(packets);
  expect(seconds).toBeCloseTo(packets.length * 0.02, 5);
  expect(out.map(({ timestamp }) => timestamp)).toEqual(packets.map(({ timestamp }) => timestamp));
  expect(out.reduce((sum, { power }) => sum + power, 0) / (seconds * 16_000)).toBeGreaterThan(1e-4);
});

test("a loss is concealed up to 120 ms and no further", async () => {
  const three = await decode(packets.filter((_, index) => index < 100 || index >= 103));
  expect(three.seconds).toBeCloseTo(packets.length * 0.02, 5);
  expect(three.counts.lost).toBe(3);
  const fifty = await decode(packets.filter((_, index) => index < 100 || index >= 150));
  expect(fifty.seconds).toBeCloseTo((packets.length - 50 + 6) * 0.02, 5);
});

test("silence that was left out is not decoded, whatever was lost beside it", async () => {
  const gap = 48_000 * 60;
  const muted = packets.map((packet, index) => (index < 100 ? packet : { ...packet, timestamp: packet.timestamp + gap }));
  expect((await decode(muted)).seconds).toBeCloseTo(packets.length * 0.02, 5);
  const one = await decode(muted.filter((_, index) => index !== 100));
  expect(one.seconds).toBeCloseTo(packets.length * 0.02, 5);
});

test("duplicates and disorder leave no trace", async () => {
  const shuffled = packets.flatMap((packet, index) =>
    index % 10 === 3 ? [packets[index + 1] ?? packet, packet, packet] : index % 10 === 4 ? [] : [packet],
  );
  const { out, counts } = await decode(shuffled);
  expect(out).toEqual((await decode(packets)).out);
  expect(counts.lost).toBe(0);
});

test("broken packets are counted, the others are heard", async () => {
  const broken = packets.map((packet, index) =>
    index % 25 === 7 ? { ...packet, payload: Uint8Array.of(0x7b, 255, 255, 1) } : packet,
  );
  const { out, counts } = await decode(broken);
  expect(counts.broken).toBe(broken.filter((_, index) => index % 25 === 7).length);
  expect(out.length).toBe(packets.length - counts.broken);
});

test("redundant audio fills every single loss", async () => {
  const red = packets.map((packet, index): Packet => {
    const before = packets[index - 1];
    const head = Buffer.alloc(before === undefined ? 1 : 5, 111);
    if (before !== undefined) {
      head[0] = 0x80 | 111;
      head.writeUIntBE((960 << 10) | before.payload.length, 1, 3);
    }
    return { ...packet, payload: Buffer.concat([head, before?.payload ?? new Uint8Array(), packet.payload]) };
  });
  const { out, counts } = await decode(
    red.filter((_, index) => index % 5 !== 2 || index === packets.length - 1),
    "red",
  );
  expect(out).toEqual((await decode(packets)).out);
  expect(counts.lost).toBe(0);
  expect((await decode([{ ...(red[0] ?? packets[0]), payload: Uint8Array.of(0xff, 1) } as Packet], "red")).counts.broken).toBe(1);
});

test("Ogg pages are opened, headers left out, packets over two pages joined", async () => {
  const page = (content: Uint8Array[], lacing: number[], continued = 0): Buffer => {
    const head = Buffer.alloc(27);
    head.write("OggS");
    head[5] = continued;
    head[26] = lacing.length;
    return Buffer.concat([head, Buffer.from(lacing), ...content]);
  };
  const [first, second] = [packets[0], packets[1]];
  if (first === undefined || second === undefined) throw new TypeError("no packets");
  // A packet of 300 bytes, over two pages: padded as RFC 6716 allows (code 3).
  const body = first.payload.subarray(1);
  const padding = 300 - body.length - 4;
  const long = Buffer.concat([
    Uint8Array.of((first.payload[0] ?? 0) | 3, 0x41, padding),
    body,
    Buffer.alloc(300 - 3 - body.length),
  ]);
  const sound = [
    { ...first, payload: page([Buffer.from("OpusHead-------")], [15]) },
    { ...first, chunk: first.chunk + 1, payload: page([long.subarray(0, 255)], [255]) },
    { ...first, chunk: first.chunk + 2, payload: page([long.subarray(255), second.payload], [45, second.payload.length], 1) },
    { ...first, chunk: first.chunk + 3, payload: Buffer.from("no Ogg at all, for sure") },
  ];
  const { out, counts } = await decode(sound, "ogg-opus");
  expect(out.map(({ samples }) => samples)).toEqual([320, 320]);
  expect(counts.broken).toBe(1);
});

test("the length of a packet is read from its framing", () => {
  expect(opusTicks(Uint8Array.of(0x78, 1, 2))).toBe(960);
  expect(opusTicks(Uint8Array.of(0x78))).toBe(960);
  expect(opusTicks(Uint8Array.of(0x19, 1, 2))).toBe(2 * 2_880);
  for (const broken of [[], [0x79, 1], [0x7a], [0x7b, 0], [0x7b, 0x7f], [0x7b, 0xbf, 250]]) {
    expect(opusTicks(Uint8Array.from(broken))).toBeUndefined();
  }
  expect(opusTicks(new Uint8Array(5_000))).toBeUndefined();
});

test("only whole base64 is base64", () => {
  expect(base64Bytes("AQID")).toEqual(Buffer.from([1, 2, 3]));
  expect(base64Bytes("AQI=")).toEqual(Buffer.from([1, 2]));
  expect(base64Bytes("AQI")).toEqual(Buffer.from([1, 2]));
  for (const broken of ["", "A", "AQI!", "AQ=I", "AQID=", "A Q ID", "AQ-_"]) expect(base64Bytes(broken)).toBeUndefined();
});
