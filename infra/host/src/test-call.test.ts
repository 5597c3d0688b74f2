import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { turnCredentials } from "@yizhan/meet/credentials";
import { jwtVerify } from "jose";
import { expect, it } from "vitest";
import { HostError } from "./errors.ts";
import { testCall } from "./test-call.ts";

const [app, turn] = ["a".repeat(64), "b".repeat(64)];

it("opens one room and one relay for five minutes, and hands out no secret", async () => {
  const etc = await mkdtemp(join(tmpdir(), "yizhan-test-call-"));
  try {
    await expect(testCall("meet.example.org", etc)).rejects.toMatchObject({ code: "no-calls", exitCode: 28 });
    for (const folder of ["secrets", "tls"]) await mkdir(join(etc, folder));
    for (const [name, content] of [
      ["secrets/jitsi-app", app],
      ["secrets/turn", turn],
      ["tls/authority.pem", "an authority"],
    ] as const)
      await writeFile(join(etc, name), `${content}\n`);
    const call = await testCall("meet.example.org", etc);
    const check = { issuer: "yizhan", audience: "jitsi", subject: "meet.example.org", algorithms: ["HS256"] };
    const claims = await Promise.all(call.tokens.map((token) => jwtVerify(token, new TextEncoder().encode(app), check)));
    expect(claims.map(({ payload }) => payload)).toMatchObject([
      { room: call.room, moderator: true },
      { room: call.room, moderator: false },
      { room: call.room, moderator: false },
    ]);
    for (const { payload } of claims) expect((payload.exp ?? 0) - Date.now() / 1_000).toBeLessThanOrEqual(300);
    // A visit's room is captioned and listed; this is none.
    expect(call.room).not.toMatch(/^v[a-z2-7]+$/);
    const expiry = Number(call.turn.username.split(":")[0]);
    expect(expiry - Date.now() / 1_000).toBeLessThanOrEqual(300);
    expect(call.turn).toEqual(turnCredentials({ secret: turn, user: "check", lifetime: 0, now: expiry * 1_000 }));
    expect(JSON.stringify(call)).not.toMatch(new RegExp(`${app}|${turn}`));
    await expect(testCall("*; rm", etc)).rejects.toThrow(HostError);
  } finally {
    await rm(etc, { recursive: true, force: true });
  }
});
