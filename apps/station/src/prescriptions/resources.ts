import { type Json, readable } from "@yizhan/records";
import type { ResourceOf } from "@yizhan/store";
import { doseUnits, isShown, type NewPrescription, type Prescription, type Frequency, frequencies, routes } from "./schema.ts";

type MedicationRequest = ResourceOf<"MedicationRequest">;
type Task = ResourceOf<"Task">;
type Dosage = NonNullable<MedicationRequest["dosageInstruction"]>[number];
type CodeableConcept = NonNullable<MedicationRequest["medicationCodeableConcept"]>;
type Quantity = NonNullable<NonNullable<Dosage["doseAndRate"]>[number]["doseQuantity"]>;
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
export const approve = { system: "http://hl7.org/fhir/CodeSystem/task-code", code: "approve" };

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
  const frequency = frequencies[one.frequency];
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
            ...(frequency ?? { count: 1 }),
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

/** Id of the prescription that a Task is about. */
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
    medicine: textOf(resource.medicationCodeableConcept),
    ...(dosage === undefined || more.length > 0 ? {} : dosageOf(dosage)),
    asNeeded: dosage?.asNeededBoolean === true,
    note: [dosage, ...more].flatMap((one) => one?.patientInstruction ?? []).join("\n"),
    text: [dosage, ...more].flatMap((one) => (one === undefined ? [] : wordsOf(one, more.length > 0))).join("\n"),
    ...(resource.authoredOn === undefined ? {} : { at: resource.authoredOn }),
    ...(by === undefined ? {} : { by }),
    ...reviewed(task, names),
  };
}

function stateOf(resource: MedicationRequest, task: Task | undefined): Prescription["state"] {
  if (resource.status === "active") return "accepted";
  if (resource.status !== "draft") return "ended";
  if (task === undefined) return "draft";
  return task.status === "rejected" ? "returned" : "waiting";
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

function dosageOf(dosage: Dosage): Pick<Prescription, "dose" | "frequency" | "route" | "days"> {
  const quantity = dosage.doseAndRate?.[0]?.doseQuantity;
  const unit = (Object.keys(doseUnits) as (keyof typeof doseUnits)[]).find((one) => doseUnits[one] === quantity?.code);
  const repeat = dosage.timing?.repeat;
  const frequency = (Object.keys(frequencies) as Frequency[]).find((one) => isFrequency(one, repeat));
  const route = routes.find((one) => dosage.route?.coding?.some(({ system, code }) => system === routeSystem && code === one));
  const bounds = repeat?.boundsDuration;
  return {
    ...(quantity?.value === undefined || unit === undefined || !isShown(quantity.value)
      ? {}
      : { dose: { value: quantity.value, unit } }),
    ...(frequency === undefined ? {} : { frequency }),
    ...(route === undefined ? {} : { route }),
    ...(bounds?.code === "d" && bounds.value !== undefined ? { days: bounds.value } : {}),
  };
}

/** A dose in its writer's words, where the pages' own do not say all of it; without any, what they do not say. */
function wordsOf(dosage: Dosage, several: boolean): string[] {
  const { dose, frequency, route } = several ? {} : dosageOf(dosage);
  if (dose !== undefined && frequency !== undefined && route !== undefined) return [];
  if (dosage.text !== undefined) return [dosage.text];
  const { timing, asNeededCodeableConcept, maxDosePerPeriod, doseAndRate, site, method, additionalInstruction = [] } = dosage;
  const { doseQuantity, ...rate } = doseAndRate?.[0] ?? {};
  // What has no words of its own is shown as it stands: nothing of a dose is left out.
  const bare = {
    ...(dose === undefined ? rate : {}),
    ...(frequency === undefined ? timing?.repeat : {}),
    ...(maxDosePerPeriod === undefined ? {} : { maxDosePerPeriod }),
    ...(doseAndRate !== undefined && doseAndRate.length > 1 ? { doseAndRate } : {}),
  };
  const texts = [
    dose === undefined ? textOf(doseQuantity) : "",
    frequency === undefined ? textOf(timing?.code) : "",
    route === undefined ? textOf(dosage.route) : "",
    ...[site, method, asNeededCodeableConcept, ...additionalInstruction].map(textOf),
    several && dosage.asNeededBoolean === true ? "asNeeded" : "",
    Object.keys(bare).length === 0 ? "" : JSON.stringify(bare),
  ].filter((text) => text !== "");
  return texts.length === 0 ? [] : [texts.join(" · ")];
}

/** `readable` of a value that has FHIR's types. */
function textOf(value: Quantity | CodeableConcept | undefined): string {
  return readable(value as Json | undefined);
}

function isFrequency(name: Frequency, repeat: NonNullable<NonNullable<Dosage["timing"]>["repeat"]> | undefined): boolean {
  const frequency = frequencies[name];
  if (frequency === undefined) return repeat?.count === 1 && repeat.frequency === undefined;
  return (
    repeat?.frequency === frequency.frequency && repeat.period === frequency.period && repeat.periodUnit === frequency.periodUnit
  );
}
