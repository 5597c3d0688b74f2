import { jwtVerify } from "jose";
import { expect, test } from "vitest";
import { jitsiToken } from "./jitsi-token.ts";
import { turnCredentials } from "./turn.ts";

const secret = "a secret of at least thirty-two bytes";
const options = {
  appId: "yizhan",
  secret,
  domain: "meet.example",
  room: "Visit-7",
  user: { id: "u1", name: "Ana", moderator: false },
};

test("a token opens one room for one person, for a while", async () => {
  const token = await jitsiToken(options);
  const check = { issuer: "yizhan", audience: "jitsi", subject: "meet.example", algorithms: ["HS256"] };
  const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), check);
  expect(payload).toMatchObject({ room: "visit-7", context: { user: { id: "u1", name: "Ana", moderator: false } } });
  const later = { ...check, currentDate: new Date(Date.now() + 14_500_000) };
  await expect(jwtVerify(token, new TextEncoder().encode(secret), later)).rejects.toThrow(/exp/);
  await expect(jwtVerify(token, new TextEncoder().encode(`${secret}!`), check)).rejects.toThrow(/signature/);
});

test("no token opens every room, and no short secret signs one", () => {
  expect(() => jitsiToken({ ...options, room: "*" })).toThrow(RangeError);
  expect(() => jitsiToken({ ...options, room: "" })).toThrow(RangeError);
  expect(() => jitsiToken({ ...options, secret: "short" })).toThrow(RangeError);
});

test("TURN credentials are what coturn computes", () => {
  // printf '1700086400:u1' | openssl dgst -sha1 -hmac north -binary | base64
  expect(turnCredentials({ secret: "north", user: "u1", now: 1_700_000_000_000 })).toEqual({
    username: "1700086400:u1",
    credential: "4zxEOPf91dGhfq8CpQ17Zp2QFCw=",
  });
});
