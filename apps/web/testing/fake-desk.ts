import type { Hono } from "hono";
import { streamSSE } from "hono/streaming";

const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
const year = 525_600;

const notices = [
  {
    id: "n1",
    kind: "break-glass",
    caseId: "c3",
    caseNumber: "MZ-9D3P-5HRE",
    account: { id: "u2", name: "Dr. Sitoe" },
    reason: "Paciente inconsciente; a Dra. Lin não responde.",
    at: at(-3),
    settled: false,
  },
  { id: "n2", kind: "forget-request", caseId: "c2", caseNumber: "MZ-4F8N-2WTC", reason: "", at: at(-60), settled: false },
  { id: "n3", kind: "consent-withdrawn", caseId: "c1", caseNumber: "MZ-7K2M-9QXA", reason: "", at: at(-900), settled: true },
];
const blocks = [
  { id: "staff.s1", kind: "staff", who: "Dr. Sitoe", rule: "many-patients", at: at(-4), until: at(600) },
  { id: "anonymous.a1", kind: "anonymous", who: "203.0.113.9", rule: "guessing", at: at(-2), until: at(3) },
];
const entries = [
  { action: "guard.block", actor: { kind: "staff", name: "Dr. Sitoe" }, detail: "many-patients", grave: true },
  {
    action: "case.break-glass",
    actor: { kind: "staff", name: "Dr. Sitoe" },
    subject: "p5Yx0cJc2y1m0mWc7f1w0A",
    detail: "c3d1",
    grave: true,
  },
  { action: "record.read", actor: { kind: "application", name: "" }, subject: "p5Yx0cJc2y1m0mWc7f1w0A", type: "Observation" },
  { action: "case.read", actor: { kind: "staff", name: "Dr. Lin" }, subject: "Jc2y1mp5Yx0c0mWc7f1w0A", outcome: "refused" },
].map((one, index) => ({ index, at: at(-index), outcome: "done", grave: false, ...one }));
const licence = { number: "OM-4411", yearsInPractice: 12, until: at(20 * 1_440), state: "ends-soon" };
const person = { language: "pt", createdAt: at(-year), secondFactor: false, passkeys: 0 };
const prescription = {
  id: "r1",
  version: 1,
  state: "waiting",
  medicine: "Amoxicilina 500 mg cápsulas",
  dose: { value: 1, unit: "capsule" },
  frequency: "8-hours",
  asNeeded: false,
  route: "mouth",
  days: 7,
  note: "Depois de comer.",
  text: "",
  at: at(-12),
  by: { id: "u1", name: "Dr. Lin" },
};
const accepted = {
  ...prescription,
  id: "r2",
  state: "accepted",
  review: { at: at(-3), by: { id: "u5", name: "Yusuf" }, reason: "" },
};
const review = {
  prescription,
  caseNumber: "MZ-7K2M-9QXA",
  patient: { name: "Ana Machava", birthYear: 1968, gender: "female", language: "pt" },
  said: { allergies: "Penicilina: manchas na pele", medicines: "Amlodipina 5 mg, uma vez por dia" },
  recorded: { allergies: ["Penicilina V"], medicines: ["Amlodipina 5 mg"], problems: ["Hipertensão arterial"] },
};
const accounts = [
  { ...person, id: "u1", name: "Dr. Lin", role: "clinician", licence, secondFactor: true, passkeys: 2 },
  { ...person, id: "u2", name: "Dr. Sitoe", role: "clinician", licence: { until: at(-1_440), state: "ended" } },
  { ...person, id: "u3", name: "Amélia Cossa", role: "coordinator", disabledAt: at(-90) },
];
const tokens = [
  {
    id: "t1",
    name: "Hospital Central",
    scopes: "system/Patient.rs system/Observation.cruds",
    createdAt: at(-900),
    expiresAt: at(year),
  },
  { id: "t2", name: "Laboratório", scopes: "system/Observation.c", createdAt: at(-900), blockedAt: at(-5), expiresAt: at(year) },
  { id: "t3", name: "old script", scopes: "system/*.*", createdAt: at(-year), revokedAt: at(-900) },
];
const passkeys = [{ id: "k1", name: "Telemóvel", createdAt: at(-year) }];

/** What the desk's pages beside the worklist ask for. */
export function fakeDesk(app: Hono): void {
  const once = (path: string, event: object) =>
    app.get(path, (context) =>
      streamSSE(context, async (stream) => {
        await stream.writeSSE({ data: JSON.stringify(event) });
        await new Promise<void>((resolve) => stream.onAbort(resolve));
      }),
    );
  once("/api/cases/events", { at: at(0) });
  once("/api/notices/events", { notices });
  once("/api/guard/events", { blocks });
  once("/api/prescriptions/events", { waiting: [review] });
  app.get("/api/cases/:id/prescriptions", (context) =>
    context.json({ prescriptions: context.req.param("id") === "c1" ? [accepted, { ...prescription, state: "ended" }] : [] }),
  );
  app.get("/api/audit", (context) =>
    context.json({ entries: context.req.query("grave") === "1" ? entries.filter((entry) => entry.grave) : entries, next: 7 }),
  );
  app.get("/api/accounts", (context) => context.json({ accounts }));
  app.get("/api/tokens", (context) => context.json({ tokens }));
  app.post("/api/tokens", (context) => context.json({ id: "t4", secret: `yz_${"x".repeat(43)}` }, 201));
  app.get("/api/me/passkeys", (context) => context.json({ passkeys }));
  app.get("/api/colleagues", (context) =>
    context.json({ colleagues: accounts.slice(0, 2).map(({ id, name }) => ({ id, name })) }),
  );
  app.post("/api/cases/:id/code", (context) => context.json({ caseNumber: "MZ-7K2M-9QXA", accessCode: "20417733" }));
  for (const path of ["cases/:id/claim", "cases/:id/give", "cases/:id/release", "cases/:id/break-glass", "notices/:id/settle"])
    app.post(`/api/${path}`, (context) => context.json({}));
}

/** What the page of one's own record asks for. */
export function fakeRecord(app: Hono): void {
  const record = {
    case: { caseNumber: "MZ-7K2M-9QXA", status: "open", openedAt: at(-90) },
    consents: [
      { id: "k1", at: at(-90), active: true },
      { id: "k2", at: at(-9_000), active: false },
    ],
    passkeys: 0,
    forget: { at: at(-30), state: "declined", answer: "A lei manda guardar por um ano." },
  };
  const section = (code: string, ...references: string[]) => ({
    code: { coding: [{ code }] },
    entry: references.map((reference) => ({ reference })),
  });
  const summary = {
    resourceType: "Bundle",
    entry: [
      {
        resource: {
          resourceType: "Composition",
          section: [section("11450-4", "urn:c"), section("10160-0", "urn:m"), section("30954-2", "urn:o")],
        },
      },
      { fullUrl: "urn:c", resource: { resourceType: "Condition", code: { text: "Hipertensão arterial" } } },
      {
        fullUrl: "urn:m",
        resource: { resourceType: "MedicationStatement", medicationCodeableConcept: { text: "Amlodipina 5 mg" } },
      },
      {
        fullUrl: "urn:o",
        resource: {
          resourceType: "Observation",
          code: { coding: [{ code: "8480-6", display: "Systolic blood pressure" }] },
          valueQuantity: { value: 142, unit: "mmHg" },
        },
      },
    ],
  };
  app.post("/api/my/sign-in", (context) => context.json({ nextCode: "20417733" }));
  app.get("/api/my/record", (context) => context.json(record));
  app.get("/api/my/summary", (context) => context.json(summary));
  app.post("/api/my/consents/:id/withdraw", (context) =>
    context.json({ ...record, consents: record.consents.map((one) => ({ ...one, active: false })) }),
  );
  app.post("/api/my/forget", (context) => context.json({ ...record, forget: { at: at(0), state: "asked" } }));
  app.post("/api/my/sign-out", (context) => context.body(null, 204));
}
