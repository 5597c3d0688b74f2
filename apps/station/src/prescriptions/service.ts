import { isDeepStrictEqual } from "node:util";
import type { Actor, StaffActor } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import { parseSearch } from "@yizhan/records";
import type { ResourceOf, Transaction } from "@yizhan/store";
import { actorName } from "../accounts/actor-name.ts";
import { accountNames } from "../accounts/names.ts";
import { note } from "../audit/note.ts";
import { newestCase } from "../cases/newest.ts";
import { type CaseParts, inCase } from "../cases/service.ts";
import { demand, refused } from "../http/secured.ts";
import { approve, decided, focusOf, laidDown, medicationRequestOf, prescriptionOf, reviewOf } from "./resources.ts";
import type { NewPrescription, Prescription, ReviewDecision } from "./schema.ts";

type MedicationRequest = ResourceOf<"MedicationRequest">;
type Task = ResourceOf<"Task">;

/** Writes a prescription into an open case of the clinician's own, and asks a pharmacist for its review. */
export async function prescribe(parts: CaseParts, actor: Actor, caseId: string, written: NewPrescription): Promise<Prescription> {
  const staff = person(actor);
  const made = await inCase(parts, actor, "prescription.write", caseId, async (tx, found) => {
    const names = await accountNames(tx.accounts);
    const before = await tx.resources.read("MedicationRequest", written.key);
    const links = { patientId: found.patientId, caseId, accountId: staff.accountId, at: new Date() };
    const fresh = medicationRequestOf(written, links);
    // A weak network loses answers: what is sent again is not prescribed twice, and what was changed meanwhile is not lost.
    if (before !== undefined) {
      if (!saysTheSame(before.resource, fresh)) {
        throw new Problem(409, "conflict", {
          remedy: "Another prescription has this key: look at it, and send this one with a new key.",
        });
      }
      return prescriptionOf(before, (await findReview(tx, before.id))?.resource, names);
    }
    const request = await tx.resources.create<MedicationRequest>(fresh, written.key);
    const task = await tx.resources.create<Task>(reviewOf(request.id, links));
    return prescriptionOf(request, task.resource, names);
  });
  tell(parts, staff);
  return made;
}

function saysTheSame(one: MedicationRequest, other: MedicationRequest): boolean {
  const parts = ({ subject, medicationCodeableConcept, dosageInstruction }: MedicationRequest) =>
    [subject, medicationCodeableConcept, dosageInstruction] as const;
  return isDeepStrictEqual(parts(one), parts(other));
}

/** The patient's prescriptions, the newest first: those of earlier cases and of other systems too. */
export async function listPrescriptions(parts: CaseParts, actor: Actor, caseId: string): Promise<Prescription[]> {
  return inCase(parts, actor, "prescription.read", caseId, (tx, found) => prescriptionsOf(tx, found.patientId));
}

/** Takes a prescription back: one that waits or was returned is cancelled, an accepted one stopped. */
export async function withdraw(parts: CaseParts, actor: Actor, caseId: string, id: string): Promise<void> {
  const staff = person(actor);
  await inCase(
    parts,
    actor,
    "prescription.write",
    caseId,
    async (tx, found) => {
      const one = await tx.resources.read("MedicationRequest", id);
      if (one?.resource.subject?.reference !== `Patient/${found.patientId}`) throw new Problem(404, "not-found");
      const { status } = one.resource;
      if (status !== "draft" && status !== "active") {
        throw new Problem(409, "conflict", { remedy: "The prescription has ended already." });
      }
      const ended = { ...one.resource, status: status === "draft" ? ("cancelled" as const) : ("stopped" as const) };
      await tx.resources.update<MedicationRequest>(id, ended, { expected: one.version });
      const task = await findReview(tx, id);
      if (task !== undefined) {
        await tx.resources.update<Task>(task.id, laidDown(task.resource, new Date()), { expected: task.version });
      }
    },
    id,
  );
  tell(parts, staff);
}

/** A pharmacist's decision. Throws 409 where the prescription is no longer the one that was looked at. */
export async function review(parts: CaseParts, actor: Actor, id: string, decision: ReviewDecision): Promise<void> {
  const staff = person(actor);
  const { tenant } = staff;
  await parts.store.transaction(
    async (tx) => {
      const one = await tx.resources.read("MedicationRequest", id);
      const patientId = one?.resource.subject?.reference?.replace("Patient/", "") ?? "";
      const task = one === undefined ? undefined : await findReview(tx, id);
      if (one === undefined || task === undefined) throw new Problem(404, "not-found");
      const found = await newestCase(tx, patientId);
      demand(actor, "prescription.review", { tenant, subject: patientId, ...(found && { case: found }) });
      if (one.version !== decision.version || one.resource.status !== "draft" || task.resource.status !== "requested") {
        throw new Problem(409, "conflict", { remedy: "The prescription was changed, withdrawn or reviewed meanwhile." });
      }
      const now = new Date();
      const reason = decision.decision === "return" ? decision.reason : undefined;
      await tx.resources.update<Task>(task.id, decided(task.resource, staff.accountId, reason, now), { expected: task.version });
      if (reason === undefined) {
        await tx.resources.update<MedicationRequest>(id, { ...one.resource, status: "active" }, { expected: one.version });
      }
      const action = reason === undefined ? "prescription.accept" : "prescription.return";
      await note(parts.store, tx, { action, actor: actorName(actor), patient: patientId, detail: id });
    },
    { tenant },
  );
  tell(parts, staff);
}

/** Prescriptions of one patient, each with its review. */
async function prescriptionsOf(tx: Transaction, patientId: string): Promise<Prescription[]> {
  const tasks = new Map((await reviewsOf(tx, patientId)).toReversed().map((task) => [focusOf(task), task]));
  const { matches } = await tx.resources.search(
    parseSearch("MedicationRequest", [
      ["patient", `Patient/${patientId}`],
      ["intent", "order"],
      ["_sort", "-_lastUpdated"],
      ["_count", "100"],
    ]),
  );
  const names = await accountNames(tx.accounts);
  return matches.map(({ id, version, resource }) =>
    prescriptionOf({ id, version, resource: resource as MedicationRequest }, tasks.get(id), names),
  );
}

const approval = `${approve.system}|${approve.code}`;

/** The reviews of a patient's prescriptions, the newest first: a prescription may be the focus of other Tasks too. */
async function reviewsOf(tx: Transaction, patientId: string): Promise<Task[]> {
  const { matches } = await tx.resources.search(
    parseSearch("Task", [
      ["patient", `Patient/${patientId}`],
      ["code", approval],
      ["_sort", "-_lastUpdated"],
      ["_count", "200"],
    ]),
  );
  return matches.map(({ resource }) => resource as Task);
}

async function findReview(tx: Transaction, prescription: string) {
  const { matches } = await tx.resources.search(
    parseSearch("Task", [
      ["focus", `MedicationRequest/${prescription}`],
      ["code", approval],
      ["_sort", "-_lastUpdated"],
      ["_count", "1"],
    ]),
  );
  return matches.map(({ id, version, resource }) => ({ id, version, resource: resource as Task }))[0];
}

function person(actor: Actor): StaffActor {
  if (actor.kind !== "staff") throw refused("role");
  return actor;
}

function tell({ board }: CaseParts, { tenant }: StaffActor): void {
  board.tell(tenant, "prescriptions");
  board.tell(tenant, "cases");
}
