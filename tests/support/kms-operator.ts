import type { AwsCredentials } from "@yizhan/vault";
import { signAwsPost } from "../../packages/vault/src/root/aws-signature.ts";

const who: AwsCredentials = { accessKeyId: "operator", secretAccessKey: "operator" };

/** The operator's calls to KMS, of which a station has none. */
export function kmsOperator(endpoint: string, region: string): (operation: string, input: object) => Promise<unknown> {
  return async (operation, input) => {
    const url = new URL(endpoint);
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `TrentService.${operation}` };
    const body = JSON.stringify(input);
    const { host: _, ...signed } = signAwsPost({ url, service: "kms", region, headers, body }, who, new Date());
    const answer = await fetch(url, { method: "POST", headers: signed, body });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
}
