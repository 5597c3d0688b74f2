import { makeIdentity } from "@yizhan/vault";
import { zstdCompressSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { genesis } from "../chain.ts";
import { caseOpened } from "../events/make.ts";
import { unpackBody } from "./body.ts";
import { checkEnvelope, openEnvelope } from "./check.ts";
import { envelopeHash } from "./header.ts";
import { type SealRequest, sealEnvelope } from "./seal.ts";
import { decodeEnvelope, encodeEnvelope } from "./wire.ts";

const station = makeIdentity("MZ");
const hub = makeIdentity("CN");
const chain = { from: "MZ", to: "CN", epoch: 1, lane: "clinical" as const };
const keys = { signKey: station.signKey, gatewayKey: station.signKey };

function request(change: Partial<SealRequest> = {}): SealRequest {
  const { to: _to, lane: _lane, ...event } = caseOpened({ to: "CN", at: new Date(0), language: "pt" });
  const items = [{ ...event, payload: { ...event.payload } }];
  return {
    chain,
    after: { seq: 0, hash: genesis(chain) },
    items,
    decisions: [],
    policyVersion: "0123456789abcdef",
    at: new Date("2026-11-22T00:00:00Z"),
    sender: station,
    gateway: station,
    recipient: hub,
    ...change,
  };
}

describe("an envelope", () => {
  it("opens for its recipient with what was put in", () => {
    const asked = request();
    const sealed = sealEnvelope(asked);
    const envelope = decodeEnvelope(sealed.bytes);
    checkEnvelope(envelope, keys);
    expect(openEnvelope(envelope, hub)).toEqual(asked.items);
    expect(envelopeHash(envelope.header)).toBe(sealed.hash);
    expect(Buffer.from(encodeEnvelope(envelope))).toEqual(Buffer.from(sealed.bytes));
  });

  it("does not open for another node", () => {
    expect(() => openEnvelope(decodeEnvelope(sealEnvelope(request()).bytes), makeIdentity("CN"))).toThrow(
      expect.objectContaining({ code: "not-for-us" }),
    );
  });

  it("shows nothing of its body outside", () => {
    const text = Buffer.from(sealEnvelope(request()).bytes).toString("latin1");
    expect(text).not.toContain("case.opened");
    expect(text).toContain("deidentified");
  });

  it("makes a chain in which each link names the one before", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), (length) => {
        let after: SealRequest["after"] = { seq: 0, hash: genesis(chain) };
        for (let seq = 1; seq <= length; seq += 1) {
          const sealed = sealEnvelope(request({ after }));
          const { header } = decodeEnvelope(sealed.bytes);
          expect(header).toMatchObject({ seq, prevHash: after.hash });
          after = sealed;
        }
      }),
      { numRuns: 10 },
    );
  });

  it("begins each chain with another genesis", () => {
    const names = [
      chain,
      { ...chain, epoch: 2 },
      { ...chain, lane: "bulk" as const },
      { ...chain, from: "AO" },
      { ...chain, to: "MZ" },
    ];
    expect(new Set(names.map(genesis)).size).toBe(names.length);
  });

  it("refuses a header in another spelling, of another version or with another field", () => {
    const { header, sealed } = decodeEnvelope(sealEnvelope(request()).bytes);
    const wire = (text: string) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(text));
      return Buffer.concat([Buffer.from("YZE1"), length, Buffer.from(text), sealed]);
    };
    expect(() => decodeEnvelope(wire(JSON.stringify(header, null, 1)))).toThrow(expect.objectContaining({ code: "malformed" }));
    expect(() => decodeEnvelope(wire(JSON.stringify({ ...header, v: 2 })))).toThrow(
      expect.objectContaining({ code: "version-unknown" }),
    );
    expect(() => decodeEnvelope(wire(JSON.stringify({ ...header, note: "" })))).toThrow(
      expect.objectContaining({ code: "malformed" }),
    );
  });

  it("does not unpack a small body that would become a huge one", () => {
    expect(() => unpackBody(zstdCompressSync(Buffer.alloc(64 * 1024 * 1024)))).toThrow(
      expect.objectContaining({ code: "malformed" }),
    );
  });
});
