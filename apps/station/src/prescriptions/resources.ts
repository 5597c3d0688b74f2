import type { ResourceOf } from "@yizhan/store";
import { doseUnits, isShown, type NewPrescription, type Prescription, type Rhythm, rhythms, routes } from "./schema.ts";

type MedicationRequest = ResourceOf<"MedicationRequest">;
type Task = ResourceOf<"Task">;
type Dosage = NonNullable<MedicationRequest["dosageInstruction"]>[number];
interface Stored<T> {
  readonly id: string;
  readonly version: number;
  readonly resource: T;
}

const account = "urn:yizhan:account";
const routeSystem = "urn:yizhan:route";
const ucum = "http://unitsofmeasure.org";
/** Marks a review that somebody must still act on. Identifiers are indexed, states are not. */
export const reviewSystem = "urn:yizhan:review";
/** HL7's code for “activate or approve the focal resource”. */
const approve = { system: "http://hl7.org/fhir/CodeSystem/task-code", code: "approve" };

interface Links {
  readonly patientId: string;
  readonly caseId: string;
  readonly accountId: string;
  readonly at: Date;
}

/**
 * A prescription that waits for its review. In R4 a `draft` “requires sign-off, verification”: no summary shows it
 * and nobody may act on it.
 */
export function medicationRequestOf(one: NewPrescription, { patientId, caseId, accountId, at }: Links): MedicationRequest {
  const code = doseUnits[one.dose.unit];
  const rhythm = rhythms[one.rhythm];
  const { days } = one;
  return {
    resourceType: "MedicationRequest",
    status: "draft",
    intent: "order",
    ...(one.words === undefined ? {} : { language: one.words.language }),
    medicationCodeableConcept: { text: one.medicine },
    subject: { reference: `Patient/${patientId}` },
    basedOn: [{ reference: `ServiceRequest/${caseId}` }],
    authoredOn: at.toISOString(),
    requester: { identifier: { system: account, value: accountId } },
    dosageInstruction: [
      {
        ...(one.words === undefined ? {} : { text: one.words.text }),
        timing: {
          repeat: {
            ...(rhythm ?? { count: 1 }),
            ...(days === undefined ? {} : { boundsDuration: { value: days, unit: "d", system: ucum, code: "d" } }),
          },
        },
        asNeededBoolean: one.asNeeded,
        route: { coding: [{ system: routeSystem, code: one.route }] },
        doseAndRate: [{ doseQuantity: { value: one.dose.value, unit: one.dose.unit, system: ucum, code } }],
        ...(one.note === "" ? {} : { patientInstruction: one.note }),
      },
    ],
  };
}

/** Asks for the review of a prescription; its decision is written into the same Task. */
export function reviewOf(prescription: string, { patientId, caseId, accountId, at }: Links): Task {
  return {
    resourceType: "Task",
    identifier: [{ system: reviewSystem, value: "waiting" }],
    status: "requested",
    intent: "order",
    code: { coding: [approve] },
    focus: { reference: `MedicationRequest/${prescription}` },
    for: { reference: `Patient/${patientId}` },
    basedOn: [{ reference: `ServiceRequest/${caseId}` }],
    authoredOn: at.toISOString(),
    lastModified: at.toISOString(),
    requester: { identifier: { system: account, value: accountId } },
  };
}

/** The Task once a pharmacist has decided. With a reason the prescription went back, and waits for who wrote it. */
export function decided(task: Task, by: string, reason: string | undefined, at: Date): Task {
  const { identifier: _waiting, ...rest } = task;
  return {
    ...rest,
    ...(reason === undefined
      ? {}
      : { identifier: [{ system: reviewSystem, value: "returned" }], statusReason: { text: reason } }),
    status: reason === undefined ? "completed" : "rejected",
    owner: { identifier: { system: account, value: by } },
    lastModified: at.toISOString(),
  };
}

/** The Task of a prescription that was withdrawn: what a pharmacist decided before stays in it. */
export function laidDown(task: Task, at: Date): Task {
  const { identifier: _open, ...rest } = task;
  return { ...rest, status: task.status === "requested" ? "cancelled" : task.status, lastModified: at.toISOString() };
}

/** Whether a Task is the review of a prescription that somebody must still act on, and of which. */
export function openReview(task: Task): { readonly prescription: string; readonly state: "waiting" | "returned" } | undefined {
  const state = task.identifier?.find((one) => one.system === reviewSystem)?.value;
  const prescription = focusOf(task);
  return prescription === undefined || (state !== "waiting" && state !== "returned") ? undefined : { prescription, state };
}

export function focusOf(task: Task): string | undefined {
  return /^MedicationRequest\/([A-Za-z0-9.-]{1,64})$/.exec(task.focus?.reference ?? "")?.[1];
}

/** A prescription as pages show it. What another system wrote in a way of its own is shown in its words. */
export function prescriptionOf(
  { id, version, resource }: Stored<MedicationRequest>,
  task: Task | undefined,
  names: ReadonlyMap<string, string>,
): Prescription {
  const [dosage, ...more] = resource.dosageInstruction ?? [];
  const by = accountOf(resource.requester, names);
  return {
    id,
    version,
    state: stateOf(resource, task),
    medicine: conceptText(resource.medicationCodeableConcept),
    ...(dosage === undefined || more.length > 0 ? {} : dosageOf(dosage)),
    asNeeded: dosage?.asNeededBoolean === true,
    note: [dosage, ...more].flatMap((one) => one?.patientInstruction ?? []).join("\n"),
    text: [dosage, ...more].flatMap((one) => (one === undefined ? [] : wordsOf(one, more.length > 0))).join("\n"),
    ...(resource.authoredOn === undefined ? {} : { at: resource.authoredOn }),
    ...(by === undefined ? {} : { by }),
    ...reviewed(task, names),
  };
}

export function conceptText(concept: { text?: string; coding?: { display?: string; code?: string }[] } | undefined): string {
  const [coding] = concept?.coding ?? [];
  return concept?.text ?? coding?.display ?? coding?.code ?? "";
}

function stateOf(resource: MedicationRequest, task: Task | undefined): Prescription["state"] {
  if (resource.status === "active") return "accepted";
  if (resource.status !== "draft") return "ended";
  return task?.status === "rejected" ? "returned" : "waiting";
}

function reviewed(task: Task | undefined, names: ReadonlyMap<string, string>): Pick<Prescription, "review"> {
  if (task?.owner === undefined || task.lastModified === undefined) return {};
  const by = accountOf(task.owner, names);
  return { review: { at: task.lastModified, ...(by === undefined ? {} : { by }), reason: task.statusReason?.text ?? "" } };
}

function accountOf(
  reference: { identifier?: { system?: string; value?: string } } | undefined,
  names: ReadonlyMap<string, string>,
) {
  const { system, value } = reference?.identifier ?? {};
  return system === account && value !== undefined ? { id: value, name: names.get(value) ?? "" } : undefined;
}

function dosageOf(dosage: Dosage): Pick<Prescription, "dose" | "rhythm" | "route" | "days"> {
  const quantity = dosage.doseAndRate?.[0]?.doseQuantity;
  const unit = (Object.keys(doseUnits) as (keyof typeof doseUnits)[]).find((one) => doseUnits[one] === quantity?.code);
  const repeat = dosage.timing?.repeat;
  const rhythm = (Object.keys(rhythms) as Rhythm[]).find((one) => isRhythm(one, repeat));
  const route = routes.find((one) => dosage.route?.coding?.some(({ system, code }) => system === routeSystem && code === one));
  const bounds = repeat?.boundsDuration;
  return {
    ...(quantity?.value === undefined || unit === undefined || !isShown(quantity.value)
      ? {}
      : { dose: { value: quantity.value, unit } }),
    ...(rhythm === undefined ? {} : { rhythm }),
    ...(route === undefined ? {} : { route }),
    ...(bounds?.code === "d" && bounds.value !== undefined ? { days: bounds.value } : {}),
  };
}

/** A dose in its writer's words, where the pages' own do not say all of it; without any, what they do not say. */
function wordsOf(dosage: Dosage, several: boolean): string[] {
  const { dose, rhythm, route } = several ? {} : dosageOf(dosage);
  if (dose !== undefined && rhythm !== undefined && route !== undefined) return [];
  if (dosage.text !== undefined) return [dosage.text];
  const { doseQuantity, doseRange } = dosage.doseAndRate?.[0] ?? {};
  const amounts = [doseQuantity, doseRange?.low, doseRange?.high].flatMap((one) =>
    one?.value === undefined || dose !== undefined ? [] : `${one.value} ${one.unit ?? one.code ?? ""}`.trim(),
  );
  const parts = [
    amounts.join(" – "),
    rhythm === undefined ? conceptText(dosage.timing?.code) : "",
    route === undefined ? conceptText(dosage.route) : "",
    ...(dosage.additionalInstruction ?? []).map(conceptText),
  ].filter((part) => part !== "");
  return parts.length === 0 ? [] : [parts.join(" · ")];
}

function isRhythm(name: Rhythm, repeat: NonNullable<NonNullable<Dosage["timing"]>["repeat"]> | undefined): boolean {
  const rhythm = rhythms[name];
  if (rhythm === undefined) return repeat?.count === 1 && repeat.frequency === undefined;
  return repeat?.frequency === rhythm.frequency && repeat.period === rhythm.period && repeat.periodUnit === rhythm.periodUnit;
}
