import { parseSearch } from "@yizhan/records";
import type { ResourceOf, Transaction } from "@yizhan/store";
import { openReview, reviewSystem } from "./resources.ts";

/** A review that somebody must still act on: `waiting` for a pharmacist, or `returned` to who wrote it. */
export interface OpenReview {
  readonly patientId: string;
  readonly prescription: string;
  readonly state: "waiting" | "returned";
}

type State = OpenReview["state"];

/** The organisation's open reviews, or one patient's; the longest waiting first, at most 200. */
export async function openReviews(
  tx: Transaction,
  { patientId, states = ["waiting", "returned"] }: { readonly patientId?: string; readonly states?: readonly State[] } = {},
): Promise<OpenReview[]> {
  const { matches } = await tx.resources.search(
    parseSearch("Task", [
      ["identifier", states.map((state) => `${reviewSystem}|${state}`).join(",")],
      ...(patientId === undefined ? [] : [["patient", `Patient/${patientId}`] as [string, string]]),
      ["_sort", "_lastUpdated"],
      ["_count", "200"],
    ]),
  );
  return matches.flatMap(({ resource }) => {
    const task = resource as ResourceOf<"Task">;
    const open = openReview(task);
    const patient = /^Patient\/(.+)$/.exec(task.for?.reference ?? "")?.[1];
    return open === undefined || patient === undefined ? [] : [{ ...open, patientId: patient }];
  });
}
