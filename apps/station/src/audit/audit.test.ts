import { auditStorage } from "@yizhan/store";
import { expect, test } from "vitest";
import { openStorage } from "../storage.ts";
import { goodIntake, openTestCase, startTestStation } from "../testing/station.ts";

test("every reading and writing of a patient's data is in the log, by pseudonym and without a word of it", async () => {
  const station = await startTestStation({}, ["coordinator"]);
  const coordinator = await station.signIn("coordinator");
  const { id, caseNumber, accessCode } = await openTestCase(station);
  await coordinator("/api/cases");
  await coordinator(`/api/cases/${id}`);
  await station.nobody("/api/cases/status", { json: { caseNumber, accessCode } });
  await coordinator(`/api/cases/${id}/close`, { json: { outcome: "resolved", note: "Repouso absoluto" } });
  await station.nobody("/api/sign-in", { json: { name: "coordinator", passphrase: "wrong" } });
  await station.stop();

  const { store, close } = await openStorage(station.config);
  const entries = await auditStorage(store.database).entries(0, 1_000);
  await close();
  await station.remove();
  const notes = entries.map(
    (entry) => JSON.parse(new TextDecoder().decode(entry)) as { action: string; actor: string; subject?: string },
  );
  expect(notes.map((one) => one.action).filter((action) => action !== "record.seal")).toEqual([
    "account.create",
    "token.create",
    "sign-in",
    "case.open",
    "case.list",
    "case.list",
    "case.read",
    "case.status",
    "case.close",
    "sign-in",
  ]);
  const subjects = new Set(notes.filter((one) => one.action.startsWith("case.")).map((one) => one.subject));
  expect([...subjects]).toEqual([expect.stringMatching(/^[\w-]{22}$/)]);
  const text = JSON.stringify(notes);
  for (const word of [goodIntake.name, "cabeça", "Repouso", caseNumber, accessCode]) expect(text).not.toContain(word);
});
