import { writeFile } from "node:fs/promises";
import { createLog } from "@yizhan/http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCase } from "../intake/service.ts";
import { openStation, type Station } from "../station.ts";
import { openStorage } from "../storage.ts";
import { type Ask, eventsOf, goodIntake, passphrase, stationFiles } from "../testing/station.ts";

/** Two organisations in one station: neither sees, finds, hears of or changes anything of the other's. */

const roles = ["clinician", "coordinator", "administrator"] as const;
const organisations = ["home", "clinic-b"] as const;
interface Side {
  readonly as: Record<(typeof roles)[number], Ask>;
  readonly caseNumber: string;
  readonly caseId: string;
  readonly patientId: string;
  readonly token: Ask;
  readonly tokenId: string;
}

let files: Awaited<ReturnType<typeof stationFiles>>;
let station: Station;
let home: Side;
let other: Side;

const names = { home: "Ana Maria João", "clinic-b": "Beatriz Nhantumbo" };
const text = async (answer: Promise<Response>) => (await answer).text();
const status = async (answer: Promise<Response>) => (await answer).status;

beforeAll(async () => {
  files = await stationFiles({}, []);
  const staff = organisations.flatMap((organisation) =>
    roles.map((role) => ({ name: role, role, passphrase, language: "pt", organisation })),
  );
  await writeFile(files.config.staff ?? "", JSON.stringify(staff), { mode: 0o600 });
  const storage = await openStorage(files.config);
  const opened = new Map<string, string>();
  for (const tenant of organisations) {
    const at = { country: "MZ", tenant, hub: undefined };
    opened.set(tenant, (await openCase(storage.store, at, { ...goodIntake, name: names[tenant] })).caseNumber);
  }
  await storage.close();
  station = await openStation(files.config, createLog("station", "silent"));
  home = await side("home", opened.get("home") ?? "");
  other = await side("clinic-b", opened.get("clinic-b") ?? "");
});
afterAll(async () => {
  await station.close();
  await files.remove();
});

function asker(headers: Record<string, string>): Ask {
  return async (path, init = {}) =>
    station.app.request(path, {
      method: init.method ?? (init.json === undefined ? "GET" : "POST"),
      headers: { "content-type": "application/json", ...headers },
      ...(init.json === undefined ? {} : { body: JSON.stringify(init.json) }),
    });
}

async function signIn(name: string): Promise<Ask> {
  const answer = await asker({})("/api/sign-in", { json: { name, passphrase } });
  return asker({ cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "", "x-yizhan": "1" });
}

async function side(organisation: (typeof organisations)[number], caseNumber: string): Promise<Side> {
  const suffix = organisation === "home" ? "" : `@${organisation}`;
  const as = Object.fromEntries(
    await Promise.all(roles.map(async (role) => [role, await signIn(`${role}${suffix}`)] as const)),
  ) as Side["as"];
  const { cases } = (await (await as.coordinator(`/api/cases?caseNumber=${caseNumber}`)).json()) as { cases: { id: string }[] };
  const caseId = cases[0]?.id ?? "";
  const view = (await (await as.coordinator(`/api/cases/${caseId}`)).json()) as { resources: { patient: string } };
  const made = await as.administrator("/api/tokens", { json: { name: `lab of ${organisation}`, scopes: "system/*.*" } });
  const { id, secret } = (await made.json()) as { id: string; secret: string };
  const token = asker({ authorization: `Bearer ${secret}` });
  return { as, caseNumber, caseId, patientId: view.resources.patient, token, tokenId: id };
}

const both = () => [
  { mine: home, theirs: other, name: names["clinic-b"], organisation: "clinic-b" },
  { mine: other, theirs: home, name: names.home, organisation: "home" },
];

test("the same name is two people; each sees the cases of their own organisation, however they search", async () => {
  for (const { mine, theirs, name } of both()) {
    expect(mine.caseId).not.toBe("");
    const list = await text(mine.as.coordinator("/api/cases"));
    expect(list).toContain(mine.caseNumber);
    expect(list).not.toContain(theirs.caseNumber);
    for (const query of [`caseNumber=${theirs.caseNumber}`, `name=${encodeURIComponent(name)}`]) {
      for (const role of roles) expect(await text(mine.as[role](`/api/cases?${query}`))).toContain('"cases":[]');
    }
    for (const role of roles) expect(await status(mine.as[role](`/api/cases/${theirs.caseId}`))).toBe(404);
    const glass = { json: { reason: "There is nobody else here." } };
    expect(await status(mine.as.clinician(`/api/cases/${theirs.caseId}/break-glass`, glass))).toBe(404);
    expect(await status(mine.as.clinician(`/api/cases/${theirs.caseId}/claim`, { method: "POST" }))).toBe(404);
  }
});

test("records and searches of /fhir stop at the organisation, for staff and for applications", async () => {
  for (const { mine, theirs, name } of both()) {
    for (const ask of [mine.as.administrator, mine.token]) {
      expect(await status(ask(`/fhir/Patient/${mine.patientId}`))).toBe(200);
      expect(await status(ask(`/fhir/Patient/${theirs.patientId}`))).toBe(404);
      for (const path of ["Patient", `Patient?name=${encodeURIComponent(name)}`, "Consent", "ServiceRequest?_include=*"]) {
        expect(await text(ask(`/fhir/${path}`))).not.toContain(theirs.patientId);
      }
      expect(await status(ask(`/fhir/Patient/${theirs.patientId}/$everything`))).toBe(404);
    }
  }
});

test("people and applications are listed, changed and revoked within the organisation only", async () => {
  for (const { mine, theirs, organisation } of both()) {
    expect(await text(mine.as.administrator("/api/tokens"))).not.toContain(`lab of ${organisation}`);
    expect(await status(mine.as.administrator(`/api/tokens/${theirs.tokenId}/revoke`, { method: "POST" }))).toBe(404);
    const { user } = (await (await theirs.as.clinician("/api/me")).json()) as { user: { id: string } };
    for (const path of ["accounts", "colleagues", "guard/blocks", "notices"])
      expect(await text(mine.as.administrator(`/api/${path}`))).not.toContain(user.id);
    expect(await status(mine.as.administrator(`/api/accounts/${user.id}/disable`, { method: "POST" }))).toBe(404);
    expect(await status(mine.as.coordinator(`/api/cases/${mine.caseId}/give`, { json: { to: user.id } }))).toBe(409);
    expect(await status(theirs.token("/api/cases"))).toBe(200);
  }
});

test("the guard's blocks, the notices and the audit log are the organisation's own, and so is hearing of them", async () => {
  const [blocksHere, noticesHere] = [
    await eventsOf(home.as.administrator, "/api/guard/events"),
    await eventsOf(home.as.coordinator, "/api/notices/events"),
  ];
  expect([await blocksHere.next(), await noticesHere.next()]).toEqual([{ blocks: [] }, { notices: [] }]);
  for (let i = 0; i < 21; i += 1) await other.as.clinician("/api/cases?caseNumber=MZ-0000-0000");
  const second = await signIn("clinician@clinic-b");
  await second(`/api/cases/${other.caseId}/break-glass`, { json: { reason: "There is nobody else here." } });
  const { blocks } = (await (await other.as.administrator("/api/guard/blocks")).json()) as {
    blocks: { id: string; rule: string }[];
  };
  expect(blocks).toMatchObject([{ rule: "guessing" }]);
  expect(await text(other.as.coordinator("/api/notices"))).toContain(other.caseId);
  expect(await text(home.as.administrator("/api/guard/blocks"))).toBe('{"blocks":[]}');
  expect(await text(home.as.coordinator("/api/notices"))).toBe('{"notices":[]}');
  expect(await status(home.as.administrator(`/api/guard/blocks/${blocks[0]?.id}/lift`, { method: "POST" }))).toBe(404);
  expect(await status(other.as.clinician("/api/me"))).toBe(403);
  // What is heard next is one's own, not what happened there meanwhile.
  await home.as.clinician(`/api/cases/${home.caseId}/break-glass`, { json: { reason: "There is nobody else here." } });
  expect(await noticesHere.next()).toMatchObject({ notices: [{ caseId: home.caseId }] });
  await Promise.all([blocksHere.stop(), noticesHere.stop()]);

  for (const { mine, theirs } of both()) {
    const log = await text(mine.as.administrator("/api/audit"));
    expect(log).toContain("break-glass");
    expect(log).not.toContain(theirs.caseId);
  }
  expect(await text(home.as.administrator("/api/audit"))).not.toContain("guard.block");
  expect(await text(other.as.administrator("/api/audit"))).toContain("guard.block");
});
