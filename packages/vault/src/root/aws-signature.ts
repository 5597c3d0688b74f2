import { createHash, createHmac } from "node:crypto";

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface AwsRequest {
  readonly url: URL;
  readonly service: string;
  readonly region: string;
  /** Besides `host` and `x-amz-date`, which are added. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The headers of a POST request to `/`, signed with AWS Signature Version 4 ("Create a signed AWS API request",
 * AWS IAM user guide).
 */
export function signAwsPost(request: AwsRequest, credentials: AwsCredentials, now: Date): Record<string, string> {
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const headers: Record<string, string> = { ...request.headers, host: request.url.host, "x-amz-date": time };
  if (credentials.sessionToken !== undefined) headers["x-amz-security-token"] = credentials.sessionToken;
  const names = Object.keys(headers).sort();
  const listed = names.map((name) => `${name}:${headers[name]?.trim()}\n`).join("");
  const canonical = ["POST", "/", "", listed, names.join(";"), sha256(request.body)].join("\n");

  const scope = [time.slice(0, 8), request.region, request.service, "aws4_request"];
  const toSign = ["AWS4-HMAC-SHA256", time, scope.join("/"), sha256(canonical)].join("\n");
  const first: Buffer = Buffer.from(`AWS4${credentials.secretAccessKey}`);
  const key = scope.reduce((key, part) => hmac(key, part), first);
  const signature = hmac(key, toSign).toString("hex");
  const who = `Credential=${credentials.accessKeyId}/${scope.join("/")}`;
  return { ...headers, authorization: `AWS4-HMAC-SHA256 ${who}, SignedHeaders=${names.join(";")}, Signature=${signature}` };
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
