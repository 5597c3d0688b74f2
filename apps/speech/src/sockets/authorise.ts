import { createHash, timingSafeEqual } from "node:crypto";

/** Compares without telling by its time how much of the token was right. */
export function tokenCheck(token: string): (given: string | undefined) => boolean {
  const wanted = digest(token);
  return (given) => given !== undefined && timingSafeEqual(digest(given), wanted);
}

/** The token of `Authorization: Bearer …`. */
export function bearerOf(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^Bearer ([\x21-\x7e]{1,512})$/i.exec(header)?.[1];
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
