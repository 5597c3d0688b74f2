import { expect, test } from "vitest";
import { type Action, actions, decide, may, type Resource } from "./policy.ts";
import type { Actor, StaffActor } from "./roles.ts";
import { staffRoles } from "./roles.ts";
import { parseScopes } from "./scopes.ts";

const staff = (role: StaffActor["role"], more: Partial<StaffActor> = {}): StaffActor => ({
  kind: "staff",
  accountId: "me",
  sessionId: "s",
  role,
  tenant: "main",
  ...more,
});
const open: Resource = { tenant: "main", subject: "p", case: { status: "open" } };

test("nobody may anything without signing in", () => {
  for (const action of actions) {
    expect(decide({ kind: "anonymous" }, action, open)).toEqual({ allowed: false, reason: "not-signed-in" });
  }
});

test("nobody may anything in another tenant", () => {
  const actors: Actor[] = [
    ...staffRoles.map((role) => staff(role)),
    { kind: "application", tokenId: "t", role: "application", tenant: "main", scopes: parseScopes("system/*.*") ?? [] },
    { kind: "patient", role: "patient", sessionId: "s", caseId: "c", tenant: "main", subject: "p" },
  ];
  for (const actor of actors) {
    for (const action of actions) expect(may(actor, action, { ...open, tenant: "other" })).toBe(false);
  }
});

test("an action nobody listed is refused, also one named like something every object has", () => {
  for (const action of ["case.shred", "constructor", "__proto__", "toString"]) {
    expect(may(staff("administrator"), action as Action, open)).toBe(false);
  }
});

test("roles without a grant have none", () => {
  for (const role of ["operator", "epidemiologist"] as const) {
    for (const action of actions) expect(may(staff(role), action, open)).toBe(false);
  }
  expect(actions.filter((action) => may(staff("interpreter"), action, open))).toEqual([
    "session.list",
    "session.watch",
    "session.assist",
    "session.correct",
    "session.keep",
    "call.join",
  ]);
});

test("a clinician sees open cases that wait or were given to them, not another's, not closed ones", () => {
  const doctor = staff("clinician");
  const seen = (facts: Resource["case"]) =>
    may(doctor, "case.read", { tenant: "main", subject: "p", ...(facts && { case: facts }) });
  expect(seen({ status: "open" })).toBe(true);
  expect(seen({ status: "open", assignees: ["me"] })).toBe(true);
  expect(seen({ status: "open", assignees: ["other"] })).toBe(false);
  expect(seen({ status: "closed" })).toBe(false);
  expect(seen({ status: "closed", assignees: ["me"] })).toBe(false);
  expect(seen(undefined)).toBe(false);
  expect(seen({ status: "closed", assignees: ["other"], glassBrokenBy: ["me"] })).toBe(true);
  expect(seen({ status: "closed", assignees: ["other"], glassBrokenBy: ["someone"] })).toBe(false);
});

test("a licence that ran out stops new cases, not the one in hand", () => {
  const doctor = staff("clinician", { licenceUntil: 1_000 });
  expect(may(doctor, "case.claim", open, 999)).toBe(true);
  expect(decide(doctor, "case.claim", open, 1_000)).toEqual({ allowed: false, reason: "licence-expired" });
  expect(decide(doctor, "case.read", open, 1_000)).toEqual({ allowed: false, reason: "licence-expired" });
  expect(may(doctor, "case.close", { ...open, case: { status: "open", assignees: ["me"] } }, 1_000)).toBe(true);
});

test("an application may what its scopes say, and never manages people", () => {
  const app = (scopes: string): Actor => ({
    kind: "application",
    tokenId: "t",
    role: "application",
    tenant: "main",
    scopes: parseScopes(scopes) ?? [],
  });
  const observation: Resource = { tenant: "main", type: "Observation", subject: "p" };
  expect(may(app("user/Observation.rs"), "record.read", observation)).toBe(true);
  expect(may(app("user/Observation.rs"), "record.create", observation)).toBe(false);
  expect(may(app("user/Patient.rs"), "record.read", observation)).toBe(false);
  expect(may(app("user/Patient.rs"), "record.export", { tenant: "main" })).toBe(false);
  expect(may(app("system/*.*"), "case.read", open)).toBe(true);
  for (const action of ["account.manage", "token.manage", "guard.manage", "case.break-glass"] as const) {
    expect(may(app("system/*.*"), action, open)).toBe(false);
  }
});

test("a patient sees their own record only", () => {
  const patient: Actor = { kind: "patient", role: "patient", sessionId: "s", caseId: "c", tenant: "main", subject: "p" };
  expect(may(patient, "record.read", open)).toBe(true);
  expect(may(patient, "record.read", { ...open, subject: "q" })).toBe(false);
  expect(may(patient, "record.update", open)).toBe(false);
});

test("a pharmacist reads what a prescription review needs, of patients with an open case, and no more", () => {
  const pharmacist = staff("pharmacist");
  const reads = (type: string, status: "open" | "closed" = "open") =>
    may(pharmacist, "record.read", { tenant: "main", subject: "p", type, case: { status, assignees: ["other"] } });
  const types = ["Patient", "MedicationRequest", "MedicationStatement", "AllergyIntolerance", "Condition", "Observation"];
  for (const type of types) expect([type, reads(type), reads(type, "closed")]).toEqual([type, true, false]);
  for (const type of ["QuestionnaireResponse", "Communication", "Consent", "DocumentReference", "Encounter"])
    expect([type, reads(type)]).toEqual([type, false]);
  expect(may(pharmacist, "record.read", { tenant: "main", subject: "p", type: "Patient" })).toBe(false);
  const searches = (type: string) => may(pharmacist, "record.search", { tenant: "main", type });
  expect([searches("MedicationRequest"), searches("Consent")]).toEqual([true, false]);
  for (const action of ["record.create", "record.update", "record.export", "case.list", "case.read"] as const)
    expect(may(pharmacist, action, { ...open, type: "MedicationRequest" })).toBe(false);
});

test("who has the case prescribes, another reviews, and nobody without a licence that holds", () => {
  const given = { ...open, case: { status: "open", assignees: ["me"] } } as const;
  const others = { ...open, case: { status: "open", assignees: ["other"], glassBrokenBy: ["me"] } } as const;
  const closed = { ...open, case: { status: "closed", assignees: ["me"] } } as const;
  const [clinician, pharmacist] = [staff("clinician"), staff("pharmacist")];
  const writes = [given, others, closed, open].map((one) => may(clinician, "prescription.write", one));
  expect(writes).toEqual([true, false, false, false]);
  const reviews = [given, others, closed].map((one) => may(pharmacist, "prescription.review", one));
  expect(reviews).toEqual([true, true, false]);
  expect(may(clinician, "prescription.review", given)).toBe(false);
  expect(may(pharmacist, "prescription.write", given)).toBe(false);
  for (const role of ["interpreter", "coordinator", "administrator"] as const)
    expect([role, may(staff(role), "prescription.write", given)]).toEqual([role, false]);
  const ended = (role: "clinician" | "pharmacist") => ({ ...staff(role), licenceUntil: Date.now() - 1 });
  expect(may(ended("clinician"), "prescription.write", given)).toBe(false);
  expect(may(ended("pharmacist"), "prescription.review", given)).toBe(false);
  expect(may(ended("clinician"), "case.close", given)).toBe(true);
});

test("a case is given on by who has it or by the coordinator, not by a colleague", () => {
  const given = { ...open, case: { status: "open", assignees: ["me"], glassBrokenBy: [] } } as const;
  const others = { ...open, case: { status: "open", assignees: ["other"], glassBrokenBy: ["me"] } } as const;
  for (const action of ["case.assign", "case.code"] as const) {
    expect([given, others, open].map((one) => may(staff("clinician"), action, one))).toEqual([true, false, false]);
    expect([given, others, open].map((one) => may(staff("coordinator"), action, one))).toEqual([true, true, true]);
    expect(may(staff("clinician"), action, { ...given, case: { ...given.case, status: "closed" } })).toBe(false);
  }
});

test("a scope of one patient reaches that patient and nobody else", () => {
  const app = (patient?: string): Actor => ({
    kind: "application",
    tokenId: "t",
    role: "application",
    tenant: "main",
    scopes: parseScopes("patient/*.rs") ?? [],
    patient,
  });
  const record = (subject?: string): Resource => ({ tenant: "main", type: "Observation", ...(subject && { subject }) });
  expect(may(app("p"), "record.read", record("p"))).toBe(true);
  expect(may(app("p"), "record.read", record("q"))).toBe(false);
  expect(may(app("p"), "record.read", record())).toBe(false);
  expect(may(app(), "record.read", record("p"))).toBe(false);
  expect(may(app("p"), "case.list", { tenant: "main" })).toBe(false);
});
