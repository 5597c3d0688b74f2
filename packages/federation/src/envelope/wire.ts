import { canonicalBytes, parseJson } from "../canonical.ts";
import { FederationError } from "../errors.ts";
import { parseShape } from "../signed.ts";
import { type Header, headerShape, maxEnvelope } from "./header.ts";

const magic = Buffer.from("YZE1");
const maxHeader = 4096;

export interface Envelope {
  readonly header: Header;
  /** The body, sealed to the recipient. */
  readonly sealed: Uint8Array;
}

/** On the wire: `YZE1`, length of the header (4 bytes, big endian), header as canonical JSON, sealed body. */
export function encodeEnvelope({ header, sealed }: Envelope): Uint8Array {
  const text = canonicalBytes(header);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([magic, length, text, sealed]);
}

/** Throws `malformed`, `too-large`, `version-unknown`. Checks nothing but the shape. */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length > maxEnvelope) throw new FederationError("too-large", "an envelope larger than the protocol allows");
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 8 || !buffer.subarray(0, 4).equals(magic)) throw new FederationError("malformed", "not an envelope");
  const length = buffer.readUInt32BE(4);
  if (length > maxHeader || buffer.length <= 8 + length) throw new FederationError("malformed", "an envelope cut short");
  const text = buffer.subarray(8, 8 + length);
  const json = parseJson(text);
  if (typeof json === "object" && json !== null && "v" in json && typeof json.v === "number" && json.v > 1) {
    throw new FederationError("version-unknown", "an envelope of a protocol version that this program does not speak", {
      remedy: "Update this node.",
    });
  }
  const header = parseShape(headerShape, json);
  // One header has one form: another spelling of it would have another hash elsewhere.
  if (!text.equals(canonicalBytes(header))) throw new FederationError("malformed", "a header that is not canonical");
  return { header, sealed: new Uint8Array(buffer.subarray(8 + length)) };
}
