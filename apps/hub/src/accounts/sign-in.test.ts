import { hashPassphrase } from "@yizhan/access";
import { auditStorage } from "@yizhan/store";
import { expect, it } from "vitest";
import { testHub } from "../testing/hub.ts";

it("who signs in at the hub, out, or fails to, is in its audit log; what they typed is not", async () => {
  const hub = await testHub();
  try {
    const passphrase = "correct horse battery";
    const made = { role: "operator", language: "en", passphraseHash: await hashPassphrase(passphrase) } as const;
    const { accounts } = hub.store.direct();
    const operator = await accounts.create({ ...made, name: "Ops" });
    const disabled = await accounts.create({ ...made, name: "Gone" });
    await accounts.disable(disabled.id);
    const post = (path: string, json: object, headers: Record<string, string> = {}) =>
      hub.app.request(path, {
        method: "POST",
        headers: { "content-type": "application/json", "x-yizhan": "1", ...headers },
        body: JSON.stringify(json),
      });
    const signIn = async (name: string, typed: string) => post("/api/sign-in", { name, passphrase: typed });
    expect((await signIn("Ops", "wrong battery")).status).toBe(401);
    expect((await signIn("Nobody-Here", passphrase)).status).toBe(401);
    expect((await signIn("Gone", passphrase)).status).toBe(401);
    const answer = await signIn("ops", passphrase);
    expect(answer.status).toBe(200);
    const cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const out = () => post("/api/sign-out", {}, { cookie });
    expect([(await out()).status, (await out()).status]).toEqual([204, 204]);

    const said = (await auditStorage(hub.store.database).entries(0, 100)).map((one) => Buffer.from(one).toString());
    const entries = said.map((one) => JSON.parse(one) as { action: string; actor: string; outcome: string });
    expect(entries.map(({ action, actor, outcome }) => [action, actor, outcome])).toEqual([
      ["sign-in", `account:${operator.id}`, "refused"],
      ["sign-in", "unknown", "refused"],
      ["sign-in", `account:${disabled.id}`, "refused"],
      ["sign-in", `account:${operator.id}`, "done"],
      ["sign-out", `account:${operator.id}`, "done"],
    ]);
    for (const typed of ["battery", "Nobody", "Ops", "Gone"]) expect(said.join("")).not.toContain(typed);
  } finally {
    await hub.close();
  }
}, 60_000);
