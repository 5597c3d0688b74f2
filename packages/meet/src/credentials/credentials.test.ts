import { decodeJwt, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { jitsiToken } from "./jitsi-token.ts";
import { isRoomName, makeRoomName } from "./room.ts";
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

test("whoever leads may ask for captions; nobody records or streams", async () => {
  const featuresOf = async (moderator: boolean) => {
    const token = await jitsiToken({ ...options, user: { ...options.user, moderator } });
    return (decodeJwt(token)["context"] as { features: Record<string, boolean> }).features;
  };
  expect(await featuresOf(true)).toMatchObject({ transcription: true, recording: false, livestreaming: false });
  expect(await featuresOf(false)).toMatchObject({ transcription: false, recording: false, livestreaming: false });
});

test("rooms have names that are all different and fit a Jitsi address", () => {
  const names = Array.from({ length: 1_000 }, makeRoomName);
  expect(new Set(names).size).toBe(1_000);
  expect(names.every(isRoomName)).toBe(true);
  expect(isRoomName("visit-7")).toBe(false);
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
