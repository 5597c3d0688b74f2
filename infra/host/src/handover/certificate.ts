import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { z } from "zod";

const bodySchema = z.strictObject({
  what: z.literal("yizhan-destruction"),
  format: z.literal(1),
  country: z.string(),
  at: z.string(),
  version: z.string(),
  /** Undefined where the data was thrown away without handing it over. */
  handover: z.strictObject({ file: z.string(), size: z.number(), sha256: z.string() }).optional(),
  /** Each key and a sum of it with a label: who has a copy can be shown to have had one, the sum alone gives nothing away. */
  keys: z.array(z.strictObject({ name: z.string(), commitment: z.string() })),
  databases: z.array(z.string()),
  /** What this says and what it does not. */
  statement: z.string(),
});
export type Destruction = z.infer<typeof bodySchema>;

const certificateSchema = z.strictObject({ body: bodySchema, publicKey: z.base64(), signature: z.base64() });
export type Certificate = z.infer<typeof certificateSchema>;

const label = "yizhan destruction v1\n";
const signed = (body: Destruction) => Buffer.from(label + JSON.stringify(bodySchema.parse(body)));

export function certify(body: Destruction, key: KeyObject, publicKey: string): Certificate {
  return { body, publicKey, signature: sign(null, signed(body), key).toString("base64") };
}

/** Is this what a host signed, with the key that its `status` told before? */
export function checkCertificate(json: unknown, publicKey: string): Destruction | undefined {
  const parsed = certificateSchema.safeParse(json);
  if (!parsed.success || parsed.data.publicKey !== publicKey) return undefined;
  const x = Buffer.from(publicKey, "base64").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const { body, signature } = parsed.data;
  return verify(null, signed(body), key, Buffer.from(signature, "base64")) ? body : undefined;
}
