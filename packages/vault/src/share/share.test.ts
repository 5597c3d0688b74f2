import { describe, expect, test } from "vitest";
import {
  fingerprint,
  type Identity,
  makeIdentity,
  openShare,
  type PinnedRecipient,
  readShareHeader,
  sealShare,
  VaultError,
  type WrapKind,
} from "../index.ts";

const [sender, hub, hospital, stranger] = ["MZ", "CN", "ZA", "GQ"].map(makeIdentity) as [Identity, Identity, Identity, Identity];
const payload = new TextEncoder().encode("Paciente SENTINELA, grávida, febre 39,5");
const now = Date.UTC(2030, 0, 1);

function pinned(identity: Identity, kind: WrapKind): PinnedRecipient {
  return { identity, fingerprint: fingerprint(identity), kind };
}

function share(recipients: readonly PinnedRecipient[] = [pinned(hub, "x25519"), pinned(hospital, "x-wing")]): Uint8Array {
  return sealShare({ sender, recipients, consentId: "consent-1", expiresAt: now + 1000, payload });
}

const refused = (code: string): object => expect.objectContaining({ code }) as object;

describe("a share", () => {
  test("opens for each of its recipients, by X25519 and by X-Wing, and says who, why and until when", () => {
    const sealed = share();
    for (const recipient of [hub, hospital]) {
      const opened = openShare(sealed, recipient, sender, now);
      expect(opened.payload).toEqual(payload);
      expect(opened.header).toMatchObject({
        sender: "MZ",
        senderKeyId: sender.keyId,
        consentId: "consent-1",
        expiresAt: now + 1000,
      });
    }
    expect(readShareHeader(sealed).recipients.map(({ node, kind }) => [node, kind])).toEqual([
      ["CN", "x25519"],
      ["ZA", "x-wing"],
    ]);
    expect(Buffer.from(sealed).includes("SENTINELA")).toBe(false);
  });

  test("does not open for others, after its time, or as another's", () => {
    const sealed = share();
    expect(() => openShare(sealed, stranger, sender, now)).toThrow(refused("not-for-us"));
    expect(() => openShare(sealed, hub, sender, now + 1000)).toThrow(refused("share-expired"));
    expect(() => openShare(sealed, hub, stranger, now)).toThrow(refused("signature-invalid"));
    expect(() => openShare(sealed, hub, makeIdentity("MZ"), now)).toThrow(refused("signature-invalid"));
  });

  test("goes to a pinned key alone", () => {
    const wrong = { ...pinned(hub, "x25519"), fingerprint: fingerprint(stranger) };
    expect(() => share([wrong])).toThrow(refused("identity-invalid"));
    const exchanged = { ...pinned(hub, "x-wing"), identity: { ...hub, ...(stranger.kem && { kem: stranger.kem }) } };
    expect(() => share([exchanged])).toThrow(refused("identity-invalid"));
    const { kem: _, ...without } = hub;
    expect(() => share([{ ...pinned(hub, "x-wing"), identity: without }])).toThrow(refused("identity-invalid"));
    expect(() => share([])).toThrow(refused("identity-invalid"));
  });

  test("cut, or with any byte changed, is refused without a word of its text", () => {
    const sealed = share();
    for (let at = 0; at < sealed.length; at += 1) {
      for (const wrong of [sealed.subarray(0, at), sealed.with(at, (sealed[at] ?? 0) ^ 0x10)]) {
        const error = refusalOf(() => openShare(wrong, hub, sender, now));
        expect(["share-malformed", "signature-invalid"]).toContain(error.code);
        expect(`${error.stack}`).not.toContain("SENTINELA");
      }
    }
  });
});

function refusalOf(act: () => unknown): VaultError {
  try {
    act();
  } catch (error) {
    if (error instanceof VaultError) return error;
    throw error;
  }
  throw new Error("It was accepted.");
}
