import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  attributes,
  decodeStun,
  encodeStun,
  endpointIn,
  endpointText,
  endpointValue,
  errorIn,
  isSignedWith,
} from "./stun-message.ts";

// Test vectors of RFC 5769.
const transaction = Buffer.from("b7e7a701bc34d686fa87dfae", "hex");
const answers = {
  "192.0.2.1:32853":
    "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96",
  "[2001:db8:1234:5678:11:2233:4455:6677]:32853":
    "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c",
};

describe("a STUN message", () => {
  it.each(Object.entries(answers))("is read as the RFC says: %s", (text, hex) => {
    const message = decodeStun(Buffer.from(hex, "hex"));
    expect(message).toMatchObject({ method: 1, kind: "success", transaction });
    const found = endpointIn(message?.attributes.get(attributes.mapped), transaction);
    if (found === undefined) throw new Error("no address");
    expect(endpointText(found)).toBe(text);
    expect(endpointIn(endpointValue(found, transaction), transaction)).toEqual(found);
  });

  it("is signed as the RFC signs with a long-term credential", () => {
    const id = Buffer.from("78ad3433c6ad72c029da412e", "hex");
    const key = createHash("md5").update("マトリックス:example.org:TheMatrIX").digest();
    const fields = new Map([
      [attributes.username, Buffer.from("マトリックス")],
      [attributes.nonce, Buffer.from("f//499k954d6OL34oL9FSTvy64sA")],
      [attributes.realm, Buffer.from("example.org")],
    ]);
    const bytes = encodeStun({ method: 1, kind: "request", transaction: id, attributes: fields }, key);
    expect(decodeStun(bytes)?.attributes.get(attributes.integrity)?.toString("hex")).toBe(
      "f67024656dd64a3e02b8e0712e85c9a28ca89666",
    );
  });

  it.each(Object.values(answers))("is known by its signature", (hex) => {
    const bytes = Buffer.from(hex, "hex");
    const password = "VOkJxbRl1RmTxUk/WvJxBt";
    expect(isSignedWith(bytes, password)).toBe(true);
    expect(isSignedWith(bytes, "another")).toBe(false);
    bytes.writeUInt8(bytes.readUInt8(44) ^ 1, 44);
    expect(isSignedWith(bytes, password)).toBe(false);
    const unsigned = encodeStun({ method: 1, kind: "success", transaction, attributes: new Map() });
    expect(isSignedWith(unsigned, password)).toBe(false);
  });

  it("is none where it is cut short, or something else", () => {
    for (const hex of Object.values(answers)) {
      const bytes = Buffer.from(hex, "hex");
      for (let length = 0; length < bytes.length; length++) expect(decodeStun(bytes.subarray(0, length))).toBeUndefined();
      const lying = Buffer.from(bytes);
      lying.writeUInt16BE(0xffff, 22);
      expect(decodeStun(lying)).toBeUndefined();
    }
    expect(decodeStun(Buffer.from("GET / HTTP/1.1\r\nhost: x\r\n\r\n"))).toBeUndefined();
    expect(endpointIn(Buffer.from([0, 3, 1, 2, 3, 4, 5, 6]), transaction)).toBeUndefined();
  });

  it("carries a refusal's number and reason", () => {
    const refusal = new Map([[attributes.error, Buffer.concat([Buffer.from([0, 0, 4, 86]), Buffer.from("Quota")])]]);
    const message = decodeStun(encodeStun({ method: 3, kind: "error", transaction, attributes: refusal }));
    expect(message).toMatchObject({ method: 3, kind: "error" });
    if (message !== undefined) expect(errorIn(message)).toEqual({ code: 486, reason: "Quota" });
  });
});
