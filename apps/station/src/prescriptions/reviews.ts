import { type Actor, decide } from "@yizhan/access";
import { isCurrent, parseSearch, readable, type ServedType, valuesAt } from "@yizhan/records";
import type { Transaction } from "@yizhan/store";
import { actorName } from "../accounts/actor-name.ts";
import { accountNames } from "../accounts/names.ts";
import { note } from "../audit/note.ts";
import { newestCase } from "../cases/newest.ts";
import { readAll } from "../cases/records.ts";
import { type CaseParts, type Given, tenantOf } from "../cases/service.ts";
import { openReviews } from "./open-reviews.ts";
import { prescriptionOf } from "./resources.ts";
import type { Reviews } from "./schema.ts";

type About = Omit<Reviews["waiting"][number], "prescription">;

/**
 * What waits for a pharmacist, the longest waiting first: each prescription with whom it is for, what they said of
 * allergies and medicines, and what the record holds of both. Audited for each patient before it is given.
 */
export async function listReviews({ store }: CaseParts, actor: Actor): Promise<Reviews> {
  const tenant = tenantOf(actor);
  return store.transaction(
    async (tx) => {
      const names = await accountNames(tx.accounts);
      const seen = new Map<string, About>();
      const waiting: Reviews["waiting"] = [];
      for (const { patientId, task, request } of await openReviews(tx, { states: ["waiting"] })) {
        const found = await newestCase(tx, patientId);
        const allowed = decide(actor, "prescription.review", { tenant, subject: patientId, ...(found && { case: found }) });
        if (found === undefined || !allowed.allowed) continue;
        await note(store, tx, { action: "prescription.review", actor: actorName(actor), patient: patientId, detail: request.id });
        const about = seen.get(patientId) ?? (await aboutPatient(tx, found));
        seen.set(patientId, about);
        waiting.push({ prescription: prescriptionOf(request, task, names), ...about });
      }
      return { waiting };
    },
    { tenant },
  );
}

async function aboutPatient(tx: Transaction, found: Given): Promise<About> {
  const { patient, answers } = await readAll(tx, found);
  const answer = (linkId: string) =>
    answers.resource.item?.find((item) => item.linkId === linkId)?.answer?.[0]?.valueString ?? "";
  const { birthDate, gender, name } = patient.resource;
  const recorded = (type: ServedType) => textsOf(tx, type, found.patientId);
  return {
    caseNumber: found.summary.caseNumber,
    patient: {
      name: name?.[0]?.text ?? found.summary.name,
      ...(birthDate === undefined ? {} : { birthYear: Number(birthDate.slice(0, 4)) }),
      ...(gender === undefined ? {} : { gender }),
      language: found.summary.language,
    },
    said: { allergies: answer("allergies"), medicines: answer("medicines") },
    recorded: {
      allergies: await recorded("AllergyIntolerance"),
      medicines: [...new Set([...(await recorded("MedicationStatement")), ...(await recorded("MedicationRequest"))])],
      problems: await recorded("Condition"),
    },
  };
}

/** What the current resources of a type are of, each once. */
async function textsOf(tx: Transaction, type: ServedType, patientId: string): Promise<string[]> {
  const { matches } = await tx.resources.search(
    parseSearch(type, [
      ["patient", `Patient/${patientId}`],
      ["_count", "100"],
    ]),
  );
  const texts = matches
    .filter(({ judged }) => isCurrent(judged))
    .flatMap(({ judged }) => [...valuesAt(judged, "code"), ...valuesAt(judged, "medicationCodeableConcept")].map(readable));
  return [...new Set(texts.filter((text) => text !== ""))];
}
