import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Ask,
  goodIntake,
  openTestCase,
  passphrase,
  staffNames,
  type StaffName,
  startTestStation,
  type TestStation,
} from "../testing/station.ts";

/** Who may call each route of the API at all; everyone else is refused. A new route without a line here fails. */
const signedIn: readonly StaffName[] = staffNames;
const desk: readonly StaffName[] = ["clinician", "second", "coordinator", "administrator"];
type Caller = StaffName | "token" | "patient";
const allowed: Readonly<Record<string, "public" | readonly Caller[]>> = {
  "get /api/station": "public",
  "post /api/intake": "public",
  "post /api/cases/status": "public",
  "post /api/sign-in": "public",
  "post /api/sign-out": "public",
  "post /api/sign-in/passkey": "public",
  "post /api/sign-in/passkey/options": "public",
  "get /api/me": signedIn,
  "post /api/me/totp": signedIn,
  "post /api/me/totp/confirm": signedIn,
  "post /api/me/totp/remove": signedIn,
  "post /api/me/passphrase": signedIn,
  "post /api/me/sign-out-everywhere": signedIn,
  "get /api/me/passkeys": signedIn,
  "post /api/me/passkeys": signedIn,
  "post /api/me/passkeys/options": signedIn,
  "post /api/me/passkeys/{id}/remove": signedIn,
  "post /api/my/sign-in": "public",
  "post /api/my/sign-in/passkey": "public",
  "post /api/my/sign-in/passkey/options": "public",
  "post /api/my/sign-out": "public",
  "get /api/my/record": ["patient"],
  "get /api/my/summary": ["patient"],
  "post /api/my/consents/{id}/withdraw": ["patient"],
  "post /api/my/forget": ["patient"],
  "post /api/my/passkeys": ["patient"],
  "post /api/my/passkeys/options": ["patient"],
  "get /api/accounts": ["administrator"],
  "post /api/accounts": ["administrator"],
  "post /api/accounts/{id}/licence": ["administrator"],
  "post /api/accounts/{id}/disable": ["administrator"],
  "post /api/accounts/{id}/enable": ["administrator"],
  "post /api/accounts/{id}/sign-out": ["administrator"],
  "post /api/accounts/{id}/reset": ["administrator"],
  "get /api/cases": [...desk, "token"],
  "get /api/cases/{id}": [...desk, "token"],
  "post /api/cases/{id}/claim": ["clinician", "second"],
  "post /api/cases/{id}/close": [...desk, "token"],
  "post /api/cases/{id}/break-glass": ["clinician", "second"],
  // A clinician gives on what is theirs, and this case waits for anyone.
  "post /api/cases/{id}/give": ["coordinator", "administrator"],
  "post /api/cases/{id}/release": ["coordinator", "administrator"],
  "post /api/cases/{id}/code": ["coordinator", "administrator"],
  "get /api/cases/{id}/prescriptions": desk,
  // Only into a case of one's own.
  "post /api/cases/{id}/prescriptions": [],
  "post /api/cases/{id}/prescriptions/{prescription}/withdraw": [],
  "get /api/prescriptions": ["pharmacist"],
  "get /api/prescriptions/events": ["pharmacist"],
  "post /api/prescriptions/{id}/review": ["pharmacist"],
  "get /api/cases/events": [...desk, "token"],
  "get /api/colleagues": desk,
  "get /api/notices": ["coordinator", "administrator"],
  "get /api/notices/events": ["coordinator", "administrator"],
  "post /api/notices/{id}/settle": ["coordinator", "administrator"],
  "post /api/notices/{id}/forget": ["coordinator", "administrator"],
  "get /api/audit": ["coordinator", "administrator"],
  "get /api/sessions": ["interpreter", ...desk, "token"],
  "get /api/sessions/{id}/events": ["interpreter", ...desk, "token"],
  "get /api/sessions/events": ["interpreter", ...desk, "token"],
  "get /api/sessions/{id}/transcript": ["interpreter", ...desk, "token"],
  "post /api/sessions/{id}/transcript": ["interpreter", ...desk, "token"],
  "post /api/sessions/{id}/transcript/stop": ["interpreter", ...desk, "token"],
  "post /api/sessions/{id}/lines/{segment}": ["interpreter", ...desk, "token"],
  "get /api/cases/{id}/transcript": [...desk, "token"],
  "get /api/cases/{id}/call": [...desk, "token"],
  "get /api/cases/{id}/call/events": [...desk, "token"],
  "post /api/cases/{id}/call": ["clinician", "second", "coordinator"],
  "post /api/cases/{id}/call/end": ["clinician", "second", "coordinator"],
  "get /api/sessions/{id}/call": ["interpreter", "clinician", "second", "coordinator"],
  "post /api/sessions/{id}/call": ["interpreter", "clinician", "second", "coordinator"],
  "post /api/sessions/{id}/call/joined": ["interpreter", "clinician", "second", "coordinator"],
  "post /api/sessions/{id}/call/left": ["interpreter", "clinician", "second", "coordinator"],
  "post /api/my/call/wait": ["patient"],
  "get /api/my/call/events": ["patient"],
  "post /api/my/call": ["patient"],
  "post /api/my/call/joined": ["patient"],
  "post /api/my/call/left": ["patient"],
  "get /api/my/call/captions/events": ["patient"],
  "post /api/assisted": ["interpreter", ...desk, "token"],
  "get /api/voices": ["interpreter", ...desk, "token"],
  "post /api/voices/speak": ["interpreter", ...desk, "token"],
  "get /api/tokens": ["administrator"],
  "post /api/tokens": ["administrator"],
  "post /api/tokens/{id}/revoke": ["administrator"],
  "get /api/guard/blocks": ["administrator"],
  "get /api/guard/events": ["administrator"],
  "post /api/guard/blocks/{id}/lift": ["administrator"],
  "get /api/keys": ["administrator", "token"],
  "post /api/keys/rotate": ["administrator", "token"],
  "get /api/link": ["administrator", "token"],
};

let station: TestStation;
let ask: Record<Caller, Ask>;
let routes: { key: string; access: unknown }[];
beforeAll(async () => {
  station = await startTestStation();
  const signed = await Promise.all(staffNames.map(async (name) => [name, await station.signIn(name)] as const));
  ask = {
    ...(Object.fromEntries(signed) as Record<StaffName, Ask>),
    token: station.withToken(station.token),
    patient: await station.openRecord(await openTestCase(station)),
  };
  const document = (await (await station.nobody("/openapi.json")).json()) as {
    paths: Record<string, Record<string, Record<string, unknown>>>;
  };
  routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ key: `${method} ${path}`, access: operation["x-access"] })),
  );
});
afterAll(() => station.close());

/** A body that each route would take, so that only access decides. */
const bodies: Readonly<Record<string, object>> = {
  "post /api/intake": goodIntake,
  "post /api/cases/status": { caseNumber: "MZ-0000-0000", accessCode: "00000000" },
  "post /api/sign-in": { name: "clinician", passphrase },
  "post /api/cases/{id}/close": { outcome: "other" },
  "post /api/cases/{id}/break-glass": { reason: "There is nobody else here." },
  "post /api/me/totp/confirm": { code: "000000" },
  "post /api/accounts": { name: "new", role: "clinician", language: "pt", passphrase: "a long passphrase" },
  "post /api/accounts/{id}/licence": { until: "2030-01-01" },
  "post /api/cases/{id}/give": { to: "unknown" },
  "post /api/notices/{id}/settle": {},
  "post /api/accounts/{id}/reset": { passphrase: "a long passphrase" },
  "post /api/me/passphrase": { passphrase, next: passphrase },
  "post /api/me/totp/remove": { passphrase, code: "000000" },
  "post /api/me/passkeys": { response: {}, name: "phone" },
  "post /api/sign-in/passkey": { response: {} },
  "post /api/my/sign-in": { caseNumber: "MZ-0000-0000", accessCode: "00000000" },
  "post /api/my/sign-in/passkey": { response: {} },
  "post /api/my/passkeys": { response: {}, door: "00000000-0000-4000-8000-000000000000" },
  "post /api/keys/rotate": { what: "root" },
  "post /api/sessions/{id}/call/joined": { participant: "a", language: "pt" },
  "post /api/sessions/{id}/call/left": { participant: "a" },
  "post /api/my/call/joined": { participant: "a", language: "pt" },
  "post /api/my/call/left": { participant: "a" },
  "post /api/cases/{id}/prescriptions": {
    key: "00000000-0000-4000-8000-000000000000",
    medicine: "paracetamol 500 mg",
    dose: { value: 1, unit: "tablet" },
    frequency: "once",
    asNeeded: false,
    route: "mouth",
    note: "",
  },
  "post /api/prescriptions/{id}/review": { decision: "accept", version: 1 },
  "post /api/tokens": { name: "test", scopes: "user/Patient.rs" },
};

async function call(who: Ask, key: string, id: string): Promise<number> {
  const [method = "", path = ""] = key.split(" ");
  const body = bodies[key];
  const response = await who(path.replaceAll(/\{\w+\}/g, id), {
    method: method.toUpperCase(),
    ...(body === undefined ? {} : { json: body }),
  });
  await response.body?.cancel();
  return response.status;
}

test("every route says who may call it, and is in the table", () => {
  expect(routes.map((route) => route.key).sort()).toEqual(Object.keys(allowed).sort());
  for (const { key, access } of routes) {
    expect(typeof access, key).toBe("string");
    expect(access === "public", key).toBe(allowed[key] === "public");
  }
});

test("every handler of the app is a described route or one of a few others", () => {
  const known = new Set([...routes.map(({ key }) => key), "get /healthz", "get /openapi.json", "get /metrics"]);
  const unknown = station.app.routes
    .filter((route) => route.method !== "ALL")
    .map((route) => `${route.method.toLowerCase()} ${route.path.replaceAll(/:(\w+)/g, "{$1}")}`)
    .filter((key) => !known.has(key) && !key.includes(" /fhir"));
  expect(unknown).toEqual([]);
});

test("without signing in, everything but the public routes is refused", async () => {
  for (const { key } of routes) {
    const status = await call(station.nobody, key, "x");
    // An empty answer of a device proves nothing, and says so itself.
    if (key.endsWith("sign-in/passkey")) expect(status, key).toBe(401);
    else if (allowed[key] === "public") expect(status, key).not.toBe(401);
    else expect(status, key).toBe(401);
  }
});

test("each role reaches its own routes and no other", { timeout: 120_000 }, async () => {
  // What only reads leaves a case as it is for the next who asks.
  const untouched = await openTestCase(station);
  for (const { key } of routes) {
    const who = allowed[key];
    if (who === "public" || who === undefined) continue;
    for (const name of [...staffNames, "token", "patient"] as const) {
      const fresh = async () => (key.startsWith("get ") ? untouched : openTestCase(station));
      const { id } = key.includes("/cases/{id}") ? await fresh() : { id: "unknown" };
      const status = await call(ask[name], key, id);
      if (who.includes(name)) expect([401, 403], `${name}: ${key}`).not.toContain(status);
      // A patient's cookie is nobody's outside of their record, as everyone else's is within it.
      else expect(status, `${name}: ${key}`).toBe((name === "patient") === key.includes(" /api/my/") ? 403 : 401);
    }
  }
});

test("a wrong, foreign or revoked token is nobody's, even beside a good cookie", async () => {
  const admin = ask.administrator;
  const { id, secret } = (await (await admin("/api/tokens", { json: { name: "lab", scopes: "system/case.s" } })).json()) as {
    id: string;
    secret: string;
  };
  const lab = station.withToken(secret);
  expect((await lab("/api/cases")).status).toBe(200);
  expect((await lab("/api/sessions")).status).toBe(403);
  expect((await lab("/api/tokens")).status).toBe(403);
  expect((await admin(`/api/tokens/${id}/revoke`, { method: "POST" })).status).toBe(204);
  expect((await lab("/api/cases")).status).toBe(401);
  for (const bad of ["Bearer x", "Bearer ", "Basic YTpi", `Bearer yz_${"A".repeat(43)}`, `Bearer ${"x".repeat(100_000)}`]) {
    expect((await admin("/api/cases", { headers: { authorization: bad } })).status, bad.slice(0, 20)).toBe(401);
  }
});

test("a cookie alone changes nothing: the page's header must come with it", async () => {
  const { id } = await openTestCase(station);
  const answer = await station.nobody("/api/sign-in", { json: { name: "coordinator", passphrase } });
  const cookie = /yizhan_session=[^;]+/.exec(answer.headers.get("set-cookie") ?? "")?.[0] ?? "";
  const close = (headers: Record<string, string>) =>
    station.nobody(`/api/cases/${id}/close`, { json: { outcome: "other" }, headers });
  expect((await close({ cookie })).status).toBe(403);
  expect((await close({ cookie, "x-yizhan": "1" })).status).toBe(200);
});

test("a station without a Jitsi has no calls: it says so, and opens nothing", async () => {
  const answer = await station.nobody("/api/station");
  expect(await answer.json()).toMatchObject({ calls: false });
  expect(answer.headers.get("content-security-policy")).toContain("frame-src 'none'");
  const { id } = await openTestCase(station);
  expect((await ask.clinician(`/api/cases/${id}/call`, { method: "POST" })).status).toBe(503);
  expect((await ask.patient("/api/my/call/wait", { method: "POST" })).status).toBe(503);
  expect(await (await ask.clinician(`/api/cases/${id}/call`)).json()).toMatchObject({ available: false, patient: "away" });
});

test("metrics are for this machine and administrators", async () => {
  expect((await station.nobody("/metrics")).status).toBe(401);
  expect((await ask.clinician("/metrics")).status).toBe(403);
  const text = await (await ask.administrator("/metrics")).text();
  expect(text).toContain("yizhan_cases_opened_total");
  expect(text).not.toContain("MZ-");
});
