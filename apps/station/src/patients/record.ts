import type { PatientActor } from "@yizhan/access";
import { parseSearch } from "@yizhan/records";
import type { ResourceOf, Store, Transaction } from "@yizhan/store";
import { note } from "../audit/note.ts";
import { writeNotice, listNotices } from "../cases/notices.ts";
import { openAccess } from "../fhir/access.ts";
import { summary } from "../fhir/operations.ts";
import { systems } from "../intake/resources.ts";
import { Problem } from "@yizhan/http";

/** What a patient sees of their own: the case, the consents, a request to be forgotten. */
export async function ownRecord(store: Store, actor: PatientActor) {
  return store.transaction(
    async (tx) => {
      const found = await tx.cases.byId(actor.caseId);
      if (found === undefined) throw new Problem(404, "not-found");
      const consents = await consentsOf(tx, actor.subject);
      const request = (await listNotices(tx, actor.subject)).find((one) => one.kind === "forget-request");
      const doors = await tx.patientDoors.ofPatient(actor.subject);
      await note(store, tx, { action: "patient.record", actor: "patient", patient: actor.subject });
      return {
        case: {
          caseNumber: found.summary.caseNumber,
          status: found.status,
          openedAt: found.openedAt.toISOString(),
          ...(found.closedAt === undefined ? {} : { closedAt: found.closedAt.toISOString() }),
        },
        consents,
        passkeys: doors.length,
        ...(request === undefined
          ? {}
          : {
              forget: {
                at: request.at,
                state: request.settled ? ("declined" as const) : ("asked" as const),
                ...(request.answer === undefined ? {} : { answer: request.answer }),
              },
            }),
      };
    },
    { tenant: actor.tenant },
  );
}

async function consentsOf(tx: Transaction, patientId: string) {
  const { matches } = await tx.resources.search(
    parseSearch("Consent", [
      ["patient", `Patient/${patientId}`],
      ["_count", "50"],
    ]),
  );
  return matches.map(({ id, resource }) => {
    const one = resource as ResourceOf<"Consent">;
    return {
      id,
      at: one.dateTime ?? "",
      language: one.language ?? "",
      version: one.policy?.[0]?.uri?.slice(systems.consent.length + 1) ?? "",
      active: one.status === "active",
    };
  });
}

/** The patient's International Patient Summary, a FHIR document. */
export async function ownSummary(store: Store, actor: PatientActor, base: string) {
  const repositories = store.direct(actor.tenant);
  const access = openAccess({
    store,
    actor,
    repositories,
    brokenBy: undefined,
    append: (entries) => store.audit.append(entries),
  });
  return summary({ repositories, access }, base, actor.subject, new Date());
}

/** Withdraws a consent; the coordinator is told. Withdrawing it again changes nothing. */
export async function withdrawConsent(store: Store, actor: PatientActor, id: string): Promise<void> {
  await store.transaction(
    async (tx) => {
      const found = await tx.resources.read("Consent", id);
      if (found === undefined || found.resource.patient?.reference !== `Patient/${actor.subject}`)
        throw new Problem(404, "not-found");
      if (found.resource.status !== "active") return;
      await tx.resources.update<ResourceOf<"Consent">>(
        id,
        { ...found.resource, status: "inactive" },
        { expected: found.version },
      );
      await writeNotice(tx, { kind: "consent-withdrawn", patientId: actor.subject, caseId: actor.caseId, reason: "" });
      await note(store, tx, { action: "patient.consent-withdrawn", actor: "patient", patient: actor.subject, detail: id });
    },
    { tenant: actor.tenant },
  );
}

/** Asks to be forgotten; a coordinator carries it out or says why not. Asked twice, it waits once. */
export async function askToBeForgotten(store: Store, actor: PatientActor): Promise<void> {
  await store.transaction(
    async (tx) => {
      await tx.lock(`forget/${actor.subject}`);
      const waits = (await listNotices(tx, actor.subject)).some((one) => one.kind === "forget-request" && !one.settled);
      if (waits) return;
      await writeNotice(tx, { kind: "forget-request", patientId: actor.subject, caseId: actor.caseId, reason: "" });
      await note(store, tx, { action: "patient.forget-request", actor: "patient", patient: actor.subject });
    },
    { tenant: actor.tenant },
  );
}
