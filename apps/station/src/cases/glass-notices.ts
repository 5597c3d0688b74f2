import { parseSearch } from "@yizhan/records";
import type { ResourceOf, Transaction } from "@yizhan/store";

/** How far back coordinators look, in days. */
const days = 60;

/** Broken glass of the last weeks, newest first, at most 200. */
export async function glassNotices(tx: Transaction) {
  const since = new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
  const { matches } = await tx.resources.search(
    parseSearch("Communication", [
      ["category", "break-glass"],
      ["sent", `ge${since}`],
      ["_sort", "-_lastUpdated"],
      ["_count", "200"],
    ]),
  );
  return matches.map(({ resource }) => {
    const one = resource as ResourceOf<"Communication">;
    return {
      id: one.id ?? "",
      caseId: one.basedOn?.[0]?.reference?.replace("ServiceRequest/", "") ?? "",
      account: one.sender?.identifier?.value ?? "",
      reason: one.payload?.[0]?.contentString ?? "",
      at: one.sent ?? "",
      patientId: one.subject?.reference?.replace("Patient/", "") ?? "",
    };
  });
}
