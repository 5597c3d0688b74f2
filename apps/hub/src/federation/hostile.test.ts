import { makeIdentity } from "@yizhan/vault";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deliver, type HandMade, handMade, joinRequest, opened, post } from "../testing/handmade.ts";
import { testHub, type TestHub } from "../testing/hub.ts";

describe("envelopes that are not what they should be", () => {
  let hub: TestHub;
  let sender: HandMade;
  let epoch = 0;

  beforeAll(async () => {
    hub = await testHub();
    sender = await handMade(hub);
  });
  afterAll(() => hub.close());

  const fresh = () => ({ epoch: (epoch += 1) });
  const openedSoFar = async () => (await hub.totals("MZ")).opened;

  it("counts a replayed envelope once and acknowledges it again", async () => {
    const [first, second] = await sender.chain([[opened()], [opened(), opened()]], fresh());
    const before = await openedSoFar();
    for (const bytes of [first, second, first, second, second]) {
      if (bytes !== undefined) expect(await deliver(hub, bytes)).toMatchObject({ lane: "clinical", parked: [] });
    }
    expect((await openedSoFar()) - before).toBe(3);
  });

  it("brings any order of arrival, with repeats, to the same end", async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 7 }), fc.nat(6), async (order, again) => {
        const envelopes = await sender.chain(
          order.map(() => [opened()]),
          fresh(),
        );
        const before = await openedSoFar();
        let last: unknown;
        for (const at of [...order.slice(0, 3), again, ...order]) last = await deliver(hub, envelopes[at] ?? new Uint8Array());
        expect(last).toMatchObject({ contiguous: 7, ranges: [] });
        expect((await openedSoFar()) - before).toBe(7);
      }),
      { numRuns: 8 },
    );
  });

  it("keeps what comes too early and says which are there", async () => {
    const envelopes = await sender.chain([[opened()], [opened()], [opened()], [opened()]], fresh());
    const before = await openedSoFar();
    expect(await deliver(hub, envelopes[2] ?? new Uint8Array())).toMatchObject({ contiguous: 0, ranges: [[3, 3]] });
    expect(await deliver(hub, envelopes[3] ?? new Uint8Array())).toMatchObject({ contiguous: 0, ranges: [[3, 4]] });
    expect(await openedSoFar()).toBe(before);
    expect(await deliver(hub, envelopes[0] ?? new Uint8Array())).toMatchObject({ contiguous: 1 });
    expect(await deliver(hub, envelopes[1] ?? new Uint8Array())).toMatchObject({ contiguous: 4, ranges: [] });
  });

  it("refuses an envelope with any one bit changed, or cut anywhere", async () => {
    const [bytes = new Uint8Array()] = await sender.chain([[opened()]], fresh());
    const before = await openedSoFar();
    const flip = (bit: number) => bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    // The last character of a signature has bits that stand for nothing.
    const signatures = [
      ...Buffer.from(bytes)
        .toString("latin1")
        .matchAll(/[\w+/]{86}==/g),
    ].map((one) => one.index + 85);
    expect(signatures.length).toBeGreaterThan(0);
    for (const at of signatures)
      for (let bit = 0; bit < 8; bit += 1) expect(typeof (await deliver(hub, flip(at * 8 + bit))), `${at}`).toBe("string");
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length * 8 - 1), fc.nat(bytes.length - 1), async (bit, length) => {
        expect(typeof (await deliver(hub, flip(bit)))).toBe("string");
        expect(typeof (await deliver(hub, bytes.subarray(0, length)))).toBe("string");
      }),
      { numRuns: 150 },
    );
    expect(await openedSoFar()).toBe(before);
    expect(await deliver(hub, bytes)).toMatchObject({ contiguous: 1 });
  });

  it("refuses forged envelopes: a stranger's, another key's, one its gateway did not sign", async () => {
    const thief = makeIdentity("MZ");
    const disguised = { keyId: sender.identity.keyId, signKey: thief.signKey, sign: thief.sign };
    const at = fresh();
    const before = await openedSoFar();
    for (const [options, code] of [
      [{ sender: thief }, "sender-unknown"],
      [{ sender: disguised }, "signature-wrong"],
      [{ gateway: thief }, "gateway-signature-wrong"],
    ] as const) {
      const [bytes = new Uint8Array()] = await sender.chain([[opened()]], { ...at, ...options });
      expect(await deliver(hub, bytes)).toBe(code);
    }
    expect(await openedSoFar()).toBe(before);
  });

  it("quarantines a fork, raises the alarm and takes nothing more of that chain", async () => {
    const at = fresh();
    const [one = new Uint8Array(), two = new Uint8Array()] = await sender.chain([[opened()], [opened()]], at);
    const [other = new Uint8Array()] = await sender.chain([[opened()]], at);
    await deliver(hub, one);
    const before = await openedSoFar();
    const alarms = hub.alarms.length;
    expect(await deliver(hub, other)).toBe("forked");
    expect(hub.alarms.slice(alarms)).toMatchObject([{ code: "forked", from: "MZ", seq: 1, ...at }]);
    expect(await deliver(hub, two)).toBe("quarantined");
    expect(await openedSoFar()).toBe(before);
  });

  it("quarantines a fork among envelopes that came before their first", async () => {
    const at = fresh();
    const [one = new Uint8Array(), two = new Uint8Array()] = await sender.chain([[opened()], [opened()]], at);
    const [, other = new Uint8Array()] = await sender.chain([[opened()], [opened()]], at);
    expect(await deliver(hub, two)).toMatchObject({ contiguous: 0, ranges: [[2, 2]] });
    expect(await deliver(hub, other)).toBe("forked");
    expect(await deliver(hub, one)).toBe("quarantined");
  });

  it("quarantines an envelope that follows another history", async () => {
    const at = fresh();
    const [one = new Uint8Array()] = await sender.chain([[opened()]], at);
    const [, second = new Uint8Array()] = await sender.chain([[opened()], [opened()]], at);
    await deliver(hub, one);
    expect(await deliver(hub, second)).toBe("chain-broken");
  });

  it("parks an event that can never take effect and goes on with the others", async () => {
    const slipped = opened({ payload: { week: "2026-W47", language: "pt", ageBand: "25-44", name: "Ana" } });
    const unknown = opened({ type: "case.reopened" });
    const wrongClass = opened({ class: "operational" });
    const held = opened({ key: "k1", payload: {} });
    const after = opened({ key: "k1" });
    const at = fresh();
    const before = await openedSoFar();
    const [bytes = new Uint8Array(), next = new Uint8Array()] = await sender.chain(
      [
        [slipped, opened(), unknown, wrongClass, held],
        [after, opened()],
      ],
      at,
    );
    const ack = await deliver(hub, bytes);
    const codes = typeof ack === "string" ? [] : ack.parked.map((one) => one.code);
    expect(codes.sort()).toEqual(["class-mismatch", "payload-refused", "payload-refused", "type-unknown"]);
    expect(await deliver(hub, next)).toMatchObject({
      contiguous: 2,
      parked: [{ eventId: after.eventId, code: "waits-for-parked" }],
    });
    expect((await openedSoFar()) - before).toBe(2);
  });

  it("counts an event once although it comes twice, and again in another epoch", async () => {
    const event = opened();
    const before = await openedSoFar();
    const [first = new Uint8Array()] = await sender.chain([[event, event]], fresh());
    const [second = new Uint8Array()] = await sender.chain([[event, opened()]], fresh());
    await deliver(hub, first);
    expect(await deliver(hub, second)).toMatchObject({ contiguous: 1 });
    expect((await openedSoFar()) - before).toBe(2);
  });

  it("refuses what is no envelope at all", async () => {
    expect(await deliver(hub, new TextEncoder().encode("hello"))).toBe("malformed");
    expect((await post(hub, "envelopes", "{}")).status).toBe(415);
    expect((await post(hub, "envelopes", Buffer.alloc(1_500_000), "application/octet-stream")).status).toBe(413);
    expect((await post(hub, "hello", "not json")).status).toBe(400);
    expect((await post(hub, "hello", "{}")).status).toBe(400);
  });
});

describe("joining", () => {
  it("takes a token once, and the same request again", async () => {
    const hub = await testHub();
    const { token } = await hub.invite("MZ");
    const station = makeIdentity("MZ");
    const join = async (identity: typeof station, secret: string) => {
      const response = await post(hub, "join", JSON.stringify(joinRequest(identity, secret)));
      return ((await response.json()) as { error?: { code: string } }).error?.code ?? "joined";
    };
    expect(await join(station, "no-such-token-anywhere")).toBe("token-wrong");
    expect(await join(makeIdentity("AO"), token)).toBe("token-wrong");
    expect(await join(station, token)).toBe("joined");
    expect(await join(station, token)).toBe("joined");
    expect(await join(makeIdentity("MZ"), token)).toBe("token-used");
    const stolen = { ...joinRequest(station, token), gatewayKey: joinRequest(makeIdentity("MZ"), token).gatewayKey };
    const response = await post(hub, "join", JSON.stringify(stolen));
    expect(response.status).toBe(401);
    await hub.close();
  });
});
