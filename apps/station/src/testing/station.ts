import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "@yizhan/http";
import { emptyDatabase } from "@yizhan/store/testing";
import { type StationConfig, stationConfigSchema } from "../config.ts";
import { openStation } from "../station.ts";

export const staffNames = ["clinician", "second", "interpreter", "pharmacist", "coordinator", "administrator"] as const;
export type StaffName = (typeof staffNames)[number];
export const passphrase = "correct horse battery";

const repository = join(import.meta.dirname, "../../../..");

/** A temporary folder with everything a station's configuration names: root key, staff, token. */
export async function stationFiles(more: Partial<StationConfig> = {}, names: readonly StaffName[] = staffNames) {
  const folder = await mkdtemp(join(tmpdir(), "yizhan-station-"));
  const secret = async (name: string, text: string) => {
    await writeFile(join(folder, name), `${text}\n`, { mode: 0o600 });
    return join(folder, name);
  };
  for (const name of ["db", "keys-db"]) await emptyDatabase(join(folder, "data", name));
  const token = `yz_${randomBytes(32).toString("base64url")}`;
  const staff = names.map((name) => ({ name, role: name === "second" ? "clinician" : name, passphrase, language: "pt" }));
  const config = stationConfigSchema.parse({
    country: "MZ",
    regions: join(repository, "regions"),
    locales: join(repository, "locales"),
    data: join(folder, "data"),
    host: "127.0.0.1",
    port: 0,
    publicUrl: "http://127.0.0.1:4810",
    database: { kind: "pglite" },
    root: { kind: "file", path: await secret("root.key", randomBytes(32).toString("hex")) },
    staff: await secret("staff.json", JSON.stringify(staff)),
    apiTokenFile: await secret("api.token", token),
    logLevel: "silent",
    ...more,
  });
  return { config, folder, token, secret, remove: () => rm(folder, { recursive: true, force: true }) };
}

export type Ask = (
  path: string,
  init?: { method?: string; json?: unknown; headers?: Record<string, string> },
) => Promise<Response>;

/** A whole station in this process, asked through its app. */
export async function startTestStation(more: Partial<StationConfig> = {}, names?: readonly StaffName[]) {
  const files = await stationFiles(more, names);
  const station = await openStation(files.config, createLog("station", "silent"));
  const asker =
    (headers: Record<string, string>): Ask =>
    async (path, init = {}) =>
      station.app.request(path, {
        method: init.method ?? (init.json === undefined ? "GET" : "POST"),
        headers: { ...headers, ...(init.json === undefined ? {} : { "content-type": "application/json" }), ...init.headers },
        ...(init.json === undefined ? {} : { body: JSON.stringify(init.json) }),
      });
  const nobody = asker({});
  return {
    ...files,
    app: station.app,
    nobody,
    withToken: (token: string) => asker({ authorization: `Bearer ${token}` }),
    /** Signs in anew: a session of its own. */
    async signIn(name: StaffName): Promise<Ask> {
      const answer = await nobody("/api/sign-in", { json: { name, passphrase } });
      const cookie = /yizhan_session=[^;]+/.exec(answer.headers.get("set-cookie") ?? "")?.[0];
      if (cookie === undefined) throw new Error(`${name} could not sign in: ${answer.status}`);
      return asker({ cookie, "x-yizhan": "1" });
    },
    /** Signs a patient in with number and code. */
    async openRecord({ caseNumber, accessCode }: { caseNumber: string; accessCode: string }): Promise<Ask> {
      const answer = await nobody("/api/my/sign-in", { json: { caseNumber, accessCode } });
      const cookie = /yizhan_patient=[^;]+/.exec(answer.headers.get("set-cookie") ?? "")?.[0];
      if (cookie === undefined) throw new Error(`the patient could not sign in: ${answer.status}`);
      return asker({ cookie, "x-yizhan": "1" });
    },
    /** Ends the station and leaves its files. */
    stop: () => station.close(),
    async close() {
      await station.close();
      await files.remove();
    },
  };
}
export type TestStation = Awaited<ReturnType<typeof startTestStation>>;

/** A whole and plausible intake. */
export const goodIntake = {
  language: "pt",
  name: "Ana Maria João",
  birthYear: 1980,
  gender: "female",
  phone: "+258 84 123 4567",
  complaint: "Dói-me a cabeça e tenho febre.",
  since: "ontem",
  pain: 6,
  allergies: "penicilina",
  medicines: "paracetamol 500 mg",
  consent: { version: "2026-11", language: "pt", agreed: true },
  interpreterNeeded: true,
} as const;

/** Opens a case and gives its number, code and id. */
export async function openTestCase(station: TestStation, intake: object = goodIntake) {
  const answer = await station.nobody("/api/intake", { json: intake });
  const { caseNumber, accessCode } = (await answer.json()) as { caseNumber: string; accessCode: string };
  const found = await station.withToken(station.token)(`/api/cases?caseNumber=${caseNumber}`);
  const { cases } = (await found.json()) as { cases: { id: string }[] };
  return { caseNumber, accessCode, id: cases[0]?.id ?? "" };
}

/** Server-sent events of one address, one after the other. */
export async function eventsOf(ask: Ask, path: string) {
  const reader = (await ask(path)).body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error(`${path} sends nothing`);
  let rest = "";
  return {
    async next(): Promise<unknown> {
      while (!rest.includes("\n\n")) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`${path} ended`);
        rest += value;
      }
      const end = rest.indexOf("\n\n");
      const event = rest.slice(0, end);
      rest = rest.slice(end + 2);
      return JSON.parse(event.replace(/^data: /, ""));
    },
    stop: () => reader.cancel(),
  };
}
