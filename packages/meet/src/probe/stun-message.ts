import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";

/** A STUN or TURN message (RFC 8489, RFC 8656). */
export interface StunMessage {
  readonly method: number;
  readonly kind: "request" | "indication" | "success" | "error";
  /** 12 bytes. */
  readonly transaction: Buffer;
  /** The first of each type, as it came. */
  readonly attributes: ReadonlyMap<number, Buffer>;
}

/** An IP address and a port: 4 or 16 bytes. */
export interface Endpoint {
  readonly bytes: Buffer;
  readonly port: number;
}

export const methods = { binding: 1, allocate: 3, refresh: 4, send: 6, data: 7, createPermission: 8 } as const;

export const attributes = {
  username: 0x0006,
  integrity: 0x0008,
  error: 0x0009,
  lifetime: 0x000d,
  peer: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  relayed: 0x0016,
  requestedTransport: 0x0019,
  mapped: 0x0020,
  priority: 0x0024,
  fingerprint: 0x8028,
  iceControlling: 0x802a,
} as const;

const cookie = Buffer.from("2112a442", "hex");
const classes = { request: 0, indication: 0x010, success: 0x100, error: 0x110 } as const;
const headerLength = 20;

export const newTransaction = (): Buffer => randomBytes(12);

/** With a key: signed with HMAC-SHA1, as long-term credentials and ICE want it; always with a fingerprint. */
export function encodeStun(message: StunMessage, key?: Buffer | string): Buffer {
  const { method } = message;
  const head = Buffer.alloc(headerLength);
  const spread = (method & 0x00f) | ((method & 0x070) << 1) | ((method & 0xf80) << 2);
  head.writeUInt16BE(spread | classes[message.kind], 0);
  cookie.copy(head, 4);
  message.transaction.copy(head, 8);
  let body = Buffer.concat([...message.attributes].map(([type, value]) => attribute(type, value)));
  // Both sums are over a header whose length counts the attribute that holds the sum.
  const upTo = (more: number) => {
    head.writeUInt16BE(body.length + more, 2);
    return Buffer.concat([head, body]);
  };
  if (key !== undefined)
    body = Buffer.concat([body, attribute(attributes.integrity, createHmac("sha1", key).update(upTo(24)).digest())]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE((crc32(upTo(8)) ^ 0x5354_554e) >>> 0);
  body = Buffer.concat([body, attribute(attributes.fingerprint, sum)]);
  return upTo(0);
}

/** Undefined for what is no STUN message. */
export function decodeStun(bytes: Buffer): StunMessage | undefined {
  if (bytes.length < headerLength || !bytes.subarray(4, 8).equals(cookie)) return undefined;
  const type = bytes.readUInt16BE(0);
  if (type > 0x3fff || bytes.readUInt16BE(2) !== bytes.length - headerLength) return undefined;
  const found = new Map<number, Buffer>();
  for (let at = headerLength; at < bytes.length;) {
    if (at + 4 > bytes.length) return undefined;
    const length = bytes.readUInt16BE(at + 2);
    if (at + 4 + length > bytes.length) return undefined;
    const name = bytes.readUInt16BE(at);
    if (!found.has(name)) found.set(name, bytes.subarray(at + 4, at + 4 + length));
    at += 4 + padded(length);
  }
  const kinds = ["request", "indication", "success", "error"] as const;
  return {
    method: (type & 0x00f) | ((type & 0x0e0) >> 1) | ((type & 0x3e00) >> 2),
    kind: kinds[((type & 0x010) >> 4) | ((type & 0x100) >> 7)] ?? "error",
    transaction: bytes.subarray(8, headerLength),
    attributes: found,
  };
}

/** Whether a message that {@link decodeStun} reads was signed with this key: who answers knows the password too. */
export function isSignedWith(bytes: Buffer, key: Buffer | string): boolean {
  for (let at = headerLength; at + 4 <= bytes.length; at += 4 + padded(bytes.readUInt16BE(at + 2))) {
    if (bytes.readUInt16BE(at) !== attributes.integrity) continue;
    const before = Buffer.from(bytes.subarray(0, at));
    before.writeUInt16BE(at - headerLength + 24, 2);
    const sum = bytes.subarray(at + 4, at + 4 + bytes.readUInt16BE(at + 2));
    const right = createHmac("sha1", key).update(before).digest();
    return sum.length === right.length && timingSafeEqual(sum, right);
  }
  return false;
}

/** Of an XOR-… address attribute; undefined for anything else. */
export function endpointIn(value: Buffer | undefined, transaction: Buffer): Endpoint | undefined {
  if (value === undefined || !(value.length === (value[1] === 2 ? 20 : 8) && (value[1] === 1 || value[1] === 2)))
    return undefined;
  return { port: value.readUInt16BE(2) ^ cookie.readUInt16BE(0), bytes: masked(value.subarray(4), transaction) };
}

export function endpointValue({ bytes, port }: Endpoint, transaction: Buffer): Buffer {
  const head = Buffer.from([0, bytes.length === 4 ? 1 : 2, 0, 0]);
  head.writeUInt16BE(port ^ cookie.readUInt16BE(0), 2);
  return Buffer.concat([head, masked(bytes, transaction)]);
}

/** `192.0.2.1:3478`, `[2001:db8::1]:3478`. */
export function endpointText({ bytes, port }: Endpoint): string {
  if (bytes.length === 4) return `${[...bytes].join(".")}:${port}`;
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index).toString(16));
  return `${new URL(`http://[${groups.join(":")}]`).hostname}:${port}`;
}

/** The number and reason of an error's answer. */
export function errorIn(message: StunMessage): { readonly code: number; readonly reason: string } {
  const value = message.attributes.get(attributes.error);
  if (value === undefined || value.length < 4) return { code: 0, reason: "" };
  return { code: ((value[2] ?? 0) & 7) * 100 + (value[3] ?? 0), reason: value.subarray(4).toString("utf8").slice(0, 100) };
}

function masked(bytes: Buffer, transaction: Buffer): Buffer {
  const mask = Buffer.concat([cookie, transaction]);
  return Buffer.from(bytes.map((byte, index) => byte ^ (mask[index] ?? 0)));
}

const padded = (length: number) => Math.ceil(length / 4) * 4;

function attribute(type: number, value: Buffer): Buffer {
  const whole = Buffer.alloc(4 + padded(value.length));
  whole.writeUInt16BE(type, 0);
  whole.writeUInt16BE(value.length, 2);
  value.copy(whole, 4);
  return whole;
}
