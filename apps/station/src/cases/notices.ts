import { parseSearch } from "@yizhan/records";
import { type ResourceOf, StoreError, type Transaction } from "@yizhan/store";

/** What a coordinator must hear of. */
export const noticeKinds = ["break-glass", "forget-request", "consent-withdrawn"] as const;
export type NoticeKind = (typeof noticeKinds)[number];

export interface Notice {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly caseId: string;
  readonly patientId: string;
  /** Account of who caused it; absent where the patient did. */
  readonly account: string | undefined;
  readonly reason: string;
  /** ISO 8601. */
  readonly at: string;
  readonly settled: boolean;
  /** Why it was declined. */
  readonly answer: string | undefined;
}

type Communication = ResourceOf<"Communication">;
const system = "urn:yizhan:notice";
/** How long a settled notice stays in the list, in days. */
const settledDays = 60;

/** Writes a notice as a Communication of the patient's record: sealed with it, and gone with it. */
export async function writeNotice(
  tx: Transaction,
  one: {
    readonly kind: NoticeKind;
    readonly patientId: string;
    readonly caseId: string;
    readonly account?: string;
    readonly reason: string;
  },
): Promise<void> {
  await tx.resources.create<Communication>({
    resourceType: "Communication",
    // Found by it: a category is not indexed, and the lines of kept conversations are Communications too.
    identifier: [{ system, value: one.kind }],
    status: "in-progress",
    priority: "urgent",
    category: [{ coding: [{ system, code: one.kind }] }],
    subject: { reference: `Patient/${one.patientId}` },
    basedOn: [{ reference: `ServiceRequest/${one.caseId}` }],
    ...(one.account === undefined
      ? { sender: { reference: `Patient/${one.patientId}` } }
      : { sender: { identifier: { system: "urn:yizhan:account", value: one.account } } }),
    sent: new Date().toISOString(),
    ...(one.reason === "" ? {} : { payload: [{ contentString: one.reason }] }),
  });
}

/** Notices that wait, and those settled within the last weeks; newest first, at most 200. */
export async function listNotices(tx: Transaction, patientId?: string): Promise<Notice[]> {
  const { matches } = await tx.resources.search(
    parseSearch("Communication", [
      ["identifier", noticeKinds.map((kind) => `${system}|${kind}`).join(",")],
      ...(patientId === undefined ? [] : [["subject", `Patient/${patientId}`] as [string, string]]),
      ["_sort", "-_lastUpdated"],
      ["_count", "200"],
    ]),
  );
  const since = Date.now() - settledDays * 86_400_000;
  return matches
    .map(({ resource }) => asNotice(resource as Communication))
    .filter((notice) => !notice.settled || Date.parse(notice.at) > since);
}

/** The notice of this id. Throws `not-found`. */
export async function readNotice(tx: Transaction, id: string): Promise<Notice & { readonly version: number }> {
  const found = await tx.resources.read("Communication", id);
  const notice = found === undefined ? undefined : asNotice(found.resource);
  if (found === undefined || notice === undefined || !noticeKinds.includes(notice.kind)) {
    throw new StoreError("not-found", "There is no such notice.");
  }
  return { ...notice, version: found.version };
}

/** Marks a notice as seen, or a request as declined with the reason that the patient reads. Throws `version-conflict`. */
export async function settleNotice(tx: Transaction, id: string, version: number, answer?: string): Promise<void> {
  const found = await tx.resources.read("Communication", id);
  if (found === undefined) throw new StoreError("not-found", "There is no such notice.");
  const settled: Communication = {
    ...found.resource,
    status: answer === undefined ? "completed" : "not-done",
    ...(answer === undefined ? {} : { statusReason: { text: answer } }),
  };
  await tx.resources.update(id, settled, { expected: version });
}

function asNotice(one: Communication & { readonly id?: string }): Notice {
  return {
    id: one.id ?? "",
    kind: one.category?.[0]?.coding?.[0]?.code as NoticeKind,
    caseId: one.basedOn?.[0]?.reference?.replace("ServiceRequest/", "") ?? "",
    patientId: one.subject?.reference?.replace("Patient/", "") ?? "",
    account: one.sender?.identifier?.value,
    reason: one.payload?.[0]?.contentString ?? "",
    at: one.sent ?? "",
    settled: one.status !== "in-progress",
    answer: one.statusReason?.text,
  };
}
