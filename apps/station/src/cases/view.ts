import type { Actor } from "@yizhan/access";
import { systems } from "../intake/resources.ts";
import type { CaseRecords } from "./records.ts";
import type { CaseRow, CaseView } from "./schema.ts";
import type { Given } from "./service.ts";

/** One line of the worklist. `names` are the staff's, by account. */
export function rowOf(found: Given, actor: Actor, names: ReadonlyMap<string, string>): CaseRow {
  const { caseNumber, language, name, pain, complaint } = found.summary;
  const [holder] = found.assignees;
  const mine = actor.kind === "staff" && found.assignees.includes(actor.accountId);
  return {
    id: found.id,
    caseNumber,
    status: found.status,
    openedAt: found.openedAt.toISOString(),
    ...(found.closedAt === undefined ? {} : { closedAt: found.closedAt.toISOString() }),
    language,
    name,
    pain: pain ?? 0,
    complaint: complaint ?? "",
    assignment: mine ? "mine" : holder === undefined ? "waiting" : "other",
    ...(holder === undefined ? {} : { assignee: { id: holder, name: names.get(holder) ?? "" } }),
  };
}

/** A case that the reader may not see: its number, which they typed, and whose it is. */
export function lockedRow(found: Given, actor: Actor, names: ReadonlyMap<string, string>): CaseRow {
  return { ...rowOf(found, actor, names), name: "", language: "", complaint: "", pain: 0, locked: true };
}

/** What a case's page shows, out of its resources. */
export function caseView(row: CaseRow, found: CaseRecords): CaseView {
  const [patient, consent, answers, request] = [
    found.patient.resource,
    found.consent.resource,
    found.answers.resource,
    found.request.resource,
  ];
  const answer = (linkId: string) => answers.item?.find((item) => item.linkId === linkId)?.answer?.[0];
  const birthYear = patient.birthDate === undefined ? undefined : Number(patient.birthDate.slice(0, 4));
  const phone = patient.telecom?.find((contact) => contact.system === "phone")?.value;
  const interpreterNeeded = patient.extension?.find((one) => one.url.endsWith("patient-interpreterRequired"))?.valueBoolean;
  const version = consent.policy?.[0]?.uri?.slice(systems.consent.length + 1);
  return {
    case: row,
    patient: {
      name: patient.name?.[0]?.text ?? row.name,
      language: patient.communication?.[0]?.language.coding?.[0]?.code ?? row.language,
      ...(birthYear === undefined ? {} : { birthYear }),
      ...(patient.gender === undefined ? {} : { gender: patient.gender }),
      ...(phone === undefined ? {} : { phone }),
      ...(interpreterNeeded === undefined ? {} : { interpreterNeeded }),
    },
    intake: {
      complaint: answer("complaint")?.valueString ?? request.reasonCode?.[0]?.text ?? "",
      since: answer("since")?.valueString ?? "",
      pain: answer("pain")?.valueInteger ?? 0,
      allergies: answer("allergies")?.valueString ?? "",
      medicines: answer("medicines")?.valueString ?? "",
    },
    consent: {
      version: version ?? "",
      language: consent.language ?? row.language,
      at: consent.dateTime ?? row.openedAt,
      withdrawn: consent.status === "inactive",
    },
    resources: {
      patient: patient.id,
      consent: consent.id,
      questionnaireResponse: answers.id,
      serviceRequest: request.id,
    },
  };
}
