import { parseSearch } from "@yizhan/records";
import type { ResourceOf, Transaction, Version } from "@yizhan/store";
import { focusOf, reviewSystem } from "./resources.ts";

/** A review that somebody must still act on: `waiting` for a pharmacist, or `returned` to who wrote it. */
export interface OpenReview {
  readonly patientId: string;
  readonly state: "waiting" | "returned";
  readonly task: ResourceOf<"Task">;
  readonly request: Version<ResourceOf<"MedicationRequest">>;
}

interface Wanted {
  /** Absent: those of the whole organisation. */
  readonly patientIds?: readonly string[];
  /** Default: both. */
  readonly states?: readonly OpenReview["state"][];
}

/** Open reviews of prescriptions that are there and still drafts; the longest waiting first, at most 200. */
export async function openReviews(
  tx: Transaction,
  { patientIds, states = ["waiting", "returned"] }: Wanted = {},
): Promise<OpenReview[]> {
  if (patientIds?.length === 0) return [];
  const patients = patientIds?.map((id) => `Patient/${id}`).join(",");
  const { matches } = await tx.resources.search(
    parseSearch("Task", [
      ["identifier", states.map((state) => `${reviewSystem}|${state}`).join(",")],
      ...(patients === undefined ? [] : [["patient", patients] as [string, string]]),
      ["_sort", "_lastUpdated"],
      ["_count", "200"],
    ]),
  );
  const tasks = matches.map(({ resource }) => resource as ResourceOf<"Task">);
  const wanted = tasks.flatMap((task) => focusOf(task) ?? []).map((id) => ({ type: "MedicationRequest", id }));
  const requests = new Map(
    (await tx.resources.readMany(wanted)).map((found) => [found.id, found as OpenReview["request"]] as const),
  );
  return tasks.flatMap((task) => {
    const request = requests.get(focusOf(task) ?? "");
    const state = states.find((one) => task.identifier?.some(({ system, value }) => system === reviewSystem && value === one));
    const patientId = /^Patient\/(.+)$/.exec(request?.resource.subject?.reference ?? "")?.[1];
    const open = request?.resource.status === "draft" && state !== undefined && patientId !== undefined;
    return open && task.for?.reference === `Patient/${patientId}` ? [{ patientId, state, task, request }] : [];
  });
}
