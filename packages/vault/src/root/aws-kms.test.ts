import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { awsKms, kmsRoot, makeRoot, sealRootWithKms } from "../index.ts";
import { signAwsPost } from "./aws-signature.ts";

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };

test("a request is signed as in AWS's own signature test suite (post-vanilla)", () => {
  const request = {
    url: new URL("https://example.amazonaws.com/"),
    service: "service",
    region: "us-east-1",
    headers: {},
    body: "",
  };
  const { authorization } = signAwsPost(request, credentials, new Date("2015-08-30T12:36:00Z"));
  expect(authorization).toBe(
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, " +
      "Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
  );
});

let server: Server;
let endpoint = "";
const seen: IncomingHttpHeaders[] = [];
let refusal = "InvalidCiphertextException";

/** Answers as KMS does: a ciphertext opens with its own key and context alone. */
beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request.headers);
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const input = JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>;
      const sealing = JSON.stringify([input["KeyId"], input["EncryptionContext"]]);
      if (request.headers["x-amz-target"] === "TrentService.Encrypt") {
        const blob = Buffer.from(JSON.stringify([sealing, input["Plaintext"]])).toString("base64");
        response.end(JSON.stringify({ CiphertextBlob: blob }));
        return;
      }
      const [sealed, plaintext] = JSON.parse(Buffer.from(String(input["CiphertextBlob"]), "base64").toString()) as [
        string,
        string,
      ];
      if (sealed === sealing) response.end(JSON.stringify({ Plaintext: plaintext }));
      else response.writeHead(400).end(JSON.stringify({ __type: refusal }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  endpoint = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
});
afterAll(() => {
  server.close();
});

test("a root sealed with a KMS key opens with that key and country, and no other", async () => {
  const service = (keyId: string): ReturnType<typeof awsKms> =>
    awsKms({ region: "af-south-1", keyId, credentials: async () => ({ ...credentials, sessionToken: "session" }), endpoint });
  const root = makeRoot();
  const sealed = await sealRootWithKms(root, "MZ", service("key-1"));
  expect(await kmsRoot(sealed, service("key-1"))).toEqual(root);
  expect(seen.at(-1)).toMatchObject({ "x-amz-security-token": "session", "content-type": "application/x-amz-json-1.1" });
  expect(seen.at(-1)?.authorization).toContain("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target");
  await expect(kmsRoot(sealed, service("key-2"))).rejects.toMatchObject({ code: "kms-wrong-key" });
  await expect(kmsRoot({ ...sealed, country: "GQ" }, service("key-1"))).rejects.toMatchObject({ code: "kms-wrong-key" });
});

test.each([
  ["NotFoundException", "kms-key-unknown"],
  ["DisabledException", "kms-key-disabled"],
  ["com.amazonaws.kms#KMSInvalidStateException", "kms-key-disabled"],
  ["IncorrectKeyException", "kms-wrong-key"],
  ["AccessDeniedException", "kms-access-denied"],
  ["ExpiredTokenException", "kms-access-denied"],
  ["SomethingNewException", "kms-refused"],
])("%s is told as %s, without the service's own words", async (type, code) => {
  const service = awsKms({ region: "af-south-1", keyId: "key-1", credentials: async () => credentials, endpoint });
  const sealed = await sealRootWithKms(makeRoot(), "MZ", service);
  refusal = type;
  const failure = await kmsRoot({ ...sealed, country: "GQ" }, service).catch((error: unknown) => error);
  refusal = "InvalidCiphertextException";
  expect(failure).toMatchObject({ code });
  expect(String(failure)).not.toContain("key-1");
});

test("a service that is gone, or not over HTTPS, is refused", async () => {
  const base = { region: "af-south-1", keyId: "key-1", credentials: async () => credentials };
  const gone = awsKms({ ...base, endpoint: "https://127.0.0.1:1/" });
  await expect(sealRootWithKms(makeRoot(), "MZ", gone)).rejects.toMatchObject({ code: "kms-unreachable" });
  for (const endpoint of ["http://kms.example/", "http://me:you@127.0.0.1/", "file:///etc/passwd", "kms"])
    expect(() => awsKms({ ...base, endpoint })).toThrow(expect.objectContaining({ code: "kms-endpoint-open" }));
});
