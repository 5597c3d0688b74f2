import { manualClock } from "@yizhan/meet";
import { array, assert, integer, property, record } from "fast-check";
import { expect, test } from "vitest";
import { PacketBuffer } from "./packet-buffer.ts";

function buffer() {
  const clock = manualClock();
  const out: { chunk: number; lost: number }[] = [];
  const packets = new PacketBuffer({ clock, release: ({ chunk }, lost) => out.push({ chunk, lost }) });
  const push = (...chunks: number[]) => {
    for (const chunk of chunks) packets.push({ chunk, timestamp: chunk * 960, payload: Uint8Array.of(0) });
  };
  return { clock, out, packets, push };
}

test("what is in order is not held back", () => {
  const { out, push } = buffer();
  push(70_000, 70_001, 70_002);
  expect(out.map(({ chunk }) => chunk)).toEqual([70_000, 70_001, 70_002]);
});

test("what comes within 60 ms is put in order, what comes later is lost", () => {
  const { clock, out, packets, push } = buffer();
  push(10, 12);
  clock.advance(59);
  push(11);
  push(14, 15);
  clock.advance(60);
  expect(out).toEqual(
    [10, 11, 12]
      .map((chunk) => ({ chunk, lost: 0 }))
      .concat([
        { chunk: 14, lost: 1 },
        { chunk: 15, lost: 0 },
      ]),
  );
  push(13, 15);
  expect(packets.counts).toEqual({ lost: 1, duplicate: 0, late: 2 });
});

test("a numbering that begins anew is followed", () => {
  const { out, push } = buffer();
  push(50_000, 50_002, 3, 4);
  expect(out.map(({ chunk }) => chunk)).toEqual([50_000, 50_002, 3, 4]);
});

test("whatever a network does, packets come out in order, each once", () => {
  assert(
    property(array(record({ chunk: integer({ min: 1, max: 60 }), wait: integer({ min: 0, max: 40 }) })), (arrivals) => {
      const { clock, out, packets, push } = buffer();
      for (const { chunk, wait } of arrivals) {
        push(chunk);
        clock.advance(wait);
      }
      clock.advance(60);
      const chunks = out.map(({ chunk }) => chunk);
      expect(chunks).toEqual([...new Set(chunks)].toSorted((a, b) => a - b));
      const { late, duplicate } = packets.counts;
      expect(chunks.length + late + duplicate).toBe(arrivals.length);
    }),
  );
});
