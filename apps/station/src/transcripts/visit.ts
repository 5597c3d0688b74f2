import { parseSearch } from "@yizhan/records";
import type { Case, ResourceOf, Transaction } from "@yizhan/store";

type Encounter = ResourceOf<"Encounter">;

/** HL7's v3 act code for a visit in which nobody shares a room. */
const virtual = { system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "VR", display: "virtual" };

/** The case's visit that is under way; made where there is none. */
export async function visitOf(tx: Transaction, found: Case, now = new Date()): Promise<{ id: string; version: number }> {
  const running = await visitsOf(tx, found.id);
  const visit = running.find(({ resource }) => resource.status === "in-progress");
  if (visit !== undefined) return visit;
  return tx.resources.create<Encounter>({
    resourceType: "Encounter",
    status: "in-progress",
    class: virtual,
    subject: { reference: `Patient/${found.patientId}` },
    basedOn: [{ reference: `ServiceRequest/${found.id}` }],
    period: { start: now.toISOString() },
  });
}

/** Ends a visit; one that has ended stays as it is. */
export async function endVisit(tx: Transaction, id: string, now = new Date()): Promise<void> {
  const found = await tx.resources.read("Encounter", id);
  if (found === undefined || found.resource.status !== "in-progress") return;
  const { resource } = found;
  const period = { ...resource.period, end: now.toISOString() };
  await tx.resources.update<Encounter>(id, { ...resource, status: "finished", period }, { expected: found.version });
}

/** Every visit of a case, the newest first. */
export async function visitsOf(tx: Pick<Transaction, "resources">, caseId: string) {
  const { matches } = await tx.resources.search(
    parseSearch("Encounter", [
      ["based-on", `ServiceRequest/${caseId}`],
      ["_count", "50"],
    ]),
  );
  return matches
    .map(({ id, version, resource }) => ({ id, version, resource: resource as Encounter }))
    .toSorted((a, b) => (b.resource.period?.start ?? "").localeCompare(a.resource.period?.start ?? ""));
}
