import { type Actor, decide } from "@yizhan/access";
import { isCurrent, parseSearch, type ServedType } from "@yizhan/records";
import type { ResourceOf, Transaction } from "@yizhan/store";
import { actorName } from "../accounts/actor-name.ts";
import { note } from "../audit/note.ts";
import { readAll } from "../cases/records.ts";
import { type CaseParts, tenantOf } from "../cases/service.ts";
import { openReviews } from "./open-reviews.ts";
import { conceptText } from "./resources.ts";
import type { Reviews } from "./schema.ts";
import { newestCase, prescriptionsOf } from "./service.ts";

/**
 * What waits for a pharmacist, the longest waiting first: each prescription with whom it is for, what they said of
 * allergies and medicines, and what the record holds of both. Audited for each patient before it is given.
 */
export async function listReviews({ store }: CaseParts, actor: Actor): Promise<Reviews> {
  const tenant = tenantOf(actor);
  return store.transaction(
    async (tx) => {
      const waiting: Reviews["waiting"] = [];
      for (const { patientId, prescription: id } of await openReviews(tx, { states: ["waiting"] })) {
        const about = await newestCase(tx, patientId);
        if (!decide(actor, "prescription.review", { tenant, subject: patientId, ...about }).allowed) continue;
        const prescription = (await prescriptionsOf(tx, patientId)).find((one) => one.id === id);
        const [found] = (await tx.cases.list({ patientIds: [patientId], count: 1 })).cases;
        if (prescription?.state !== "waiting" || found === undefined) continue;
        const { patient, answers } = await readAll(tx, found);
        const answer = (linkId: string) =>
          answers.resource.item?.find((item) => item.linkId === linkId)?.answer?.[0]?.valueString ?? "";
        const { birthDate, gender, name } = patient.resource;
        await note(store, tx, { action: "prescription.review", actor: actorName(actor), patient: patientId, detail: id });
        waiting.push({
          prescription,
          caseNumber: found.summary.caseNumber,
          patient: {
            name: name?.[0]?.text ?? found.summary.name,
            ...(birthDate === undefined ? {} : { birthYear: Number(birthDate.slice(0, 4)) }),
            ...(gender === undefined ? {} : { gender }),
            language: found.summary.language,
          },
          said: { allergies: answer("allergies"), medicines: answer("medicines") },
          recorded: {
            allergies: await textsOf(tx, "AllergyIntolerance", patientId),
            medicines: [
              ...(await textsOf(tx, "MedicationStatement", patientId)),
              ...(await textsOf(tx, "MedicationRequest", patientId)),
            ],
            problems: await textsOf(tx, "Condition", patientId),
          },
        });
      }
      return { waiting };
    },
    { tenant },
  );
}

/** What the current resources of a type are of, each once. */
async function textsOf(
  tx: Transaction,
  type: "AllergyIntolerance" | "MedicationStatement" | "MedicationRequest" | "Condition",
  patientId: string,
): Promise<string[]> {
  const { matches } = await tx.resources.search(
    parseSearch(type satisfies ServedType, [
      ["patient", `Patient/${patientId}`],
      ["_count", "100"],
    ]),
  );
  const texts = matches
    .filter(({ judged }) => isCurrent(judged))
    .map(({ resource }) => {
      const one = resource as ResourceOf<typeof type>;
      return conceptText(
        "medicationCodeableConcept" in one ? one.medicationCodeableConcept : "code" in one ? one.code : undefined,
      );
    });
  return [...new Set(texts.filter((text) => text !== ""))];
}
