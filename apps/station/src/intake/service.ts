import { randomUUID } from "node:crypto";
import { makeAccessCode, makeCaseNumber } from "@yizhan/access";
import { caseOpened } from "@yizhan/federation";
import type { Store, Transaction } from "@yizhan/store";
import { note } from "../audit/note.ts";
import type { Tenancy } from "../tenancy.ts";
import { answersOf, consentOf, patientOf, requestOf } from "./resources.ts";
import type { Intake, IntakeAnswer } from "./schema.ts";

/**
 * Opens a case: the four resources, the worklist's row, the audit entry and the event for the hub, all
 * or none. The same idempotency key gives the first answer again, also to a retry that overtakes.
 */
export async function openCase(store: Store, at: Tenancy, intake: Intake, idempotencyKey?: string): Promise<IntakeAnswer> {
  return store.transaction(open, { tenant: at.tenant });

  async function open(tx: Transaction): Promise<IntakeAnswer> {
    const earlier = idempotencyKey === undefined ? undefined : await tx.idempotency.claim<IntakeAnswer>("intake", idempotencyKey);
    if (earlier !== undefined) return earlier;

    const now = new Date();
    const stamp = now.toISOString();
    const caseNumber = makeCaseNumber(at.country);
    const accessCode = makeAccessCode();
    const [patient, consent, answers, request] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    await tx.resources.createMany([
      { id: patient, resource: patientOf(intake) },
      { id: consent, resource: consentOf(intake, patient, stamp) },
      { id: answers, resource: answersOf(intake, patient, stamp) },
      { id: request, resource: requestOf(intake, { patient, consent, answers }, caseNumber, stamp) },
    ]);
    await tx.cases.open({
      id: request,
      patientId: patient,
      accessCode,
      summary: {
        caseNumber,
        name: intake.name,
        language: intake.language,
        pain: intake.pain,
        complaint: excerpt(intake.complaint),
        resources: { consent, questionnaireResponse: answers },
      },
    });
    if (at.hub !== undefined)
      await tx.outbox.append(caseOpened({ to: at.hub, at: now, language: intake.language, birthYear: intake.birthYear }));
    await note(store, tx, { action: "case.open", actor: "patient", patient });
    const answer = { caseNumber, accessCode };
    if (idempotencyKey !== undefined) await tx.idempotency.keep("intake", idempotencyKey, answer);
    return answer;
  }
}

/** The first 140 characters, never half of one. */
function excerpt(text: string): string {
  const characters = [...new Intl.Segmenter().segment(text.slice(0, 600))].slice(0, 140);
  return characters.map((character) => character.segment).join("");
}
