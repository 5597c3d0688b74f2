import { type Action, type Actor, decide, parseCaseNumber } from "@yizhan/access";
import { caseClosed } from "@yizhan/federation";
import { Problem } from "@yizhan/http";
import type { Case, Store, Transaction } from "@yizhan/store";
import { note } from "../audit/note.ts";
import { actorName } from "../accounts/actor-name.ts";
import { demand } from "../http/secured.ts";
import type { Guard } from "../guard/guard.ts";
import type { Tenancy } from "../tenancy.ts";
import type { BrokenGlass } from "./glass.ts";
import { patientsNamed, readAll } from "./records.ts";
import type { CaseRow, CaseView, Outcome } from "./schema.ts";
import { caseView } from "./view.ts";

export interface CaseParts {
  readonly store: Store;
  readonly at: Tenancy;
  readonly glass: BrokenGlass;
  readonly guard: Guard;
}

export interface CaseQuery {
  readonly status: "open" | "closed";
  readonly name?: string | undefined;
  readonly caseNumber?: string | undefined;
  readonly cursor?: string | undefined;
}

/** A case and whom it was given to. */
type Given = Case & { readonly assignees: readonly string[] };

/** One page of the worklist: for a clinician what waits and what is theirs, for others all. */
export async function listCases(parts: CaseParts, actor: Actor, query: CaseQuery) {
  const { store, at } = parts;
  const caseNumber = query.caseNumber === undefined ? undefined : parseCaseNumber(query.caseNumber, at.country);
  if (query.caseNumber !== undefined && caseNumber === undefined) return { cases: [], next: undefined };
  return store.transaction(async (tx) => {
    const page = await tx.cases.list({
      status: query.status,
      ...(query.name === undefined ? {} : { patientIds: await patientsNamed(tx, query.name) }),
      ...(caseNumber === undefined ? {} : { caseNumber }),
      ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
    });
    const rows: CaseRow[] = [];
    for (const one of page.cases) {
      const given = { ...one, assignees: await tx.cases.assignees(one.id) };
      if (!decide(actor, "case.read", resourceOf(parts, given)).allowed) continue;
      rows.push(rowOf(given, actor));
      // One entry for each patient whose name is shown.
      await note(parts.store, tx, { action: "case.list", actor: actorName(actor), patient: one.patientId });
    }
    return { cases: rows, next: page.next };
  });
}

/** Everything a case's page shows. Audited before it is given. */
export async function readCase(parts: CaseParts, actor: Actor, id: string): Promise<CaseView> {
  return parts.store.transaction(async (tx) => {
    const found = await allowedCase(parts, tx, actor, "case.read", id);
    const records = await readAll(tx, found);
    await note(parts.store, tx, { action: "case.read", actor: actorName(actor), patient: found.patientId });
    return caseView(rowOf(found, actor), records);
  });
}

/** Gives a waiting case to the clinician who asks. Taken by another at the same moment: 409. */
export async function claimCase(parts: CaseParts, actor: Actor, id: string): Promise<CaseRow> {
  return parts.store.transaction(async (tx) => {
    const found = await allowedCase(parts, tx, actor, "case.claim", id);
    if (actor.kind !== "staff") throw new Problem(403, "forbidden", { remedy: "A case is given to a person." });
    const { request } = await readAll(tx, found);
    // Written with the version that was read: of two who claim at once, the second fails.
    await tx.resources.update(
      found.id,
      { ...request.resource, performer: [{ identifier: { system: "urn:yizhan:account", value: actor.accountId } }] },
      { expected: request.version },
    );
    await tx.cases.assign(found.id, actor.accountId);
    await note(parts.store, tx, { action: "case.claim", actor: actorName(actor), patient: found.patientId });
    return rowOf({ ...found, assignees: [actor.accountId] }, actor);
  });
}

/** Closes an open case, with its event for the hub. A case that is closed already stays as it is: 409. */
export async function closeCase(
  parts: CaseParts,
  actor: Actor,
  id: string,
  closing: { readonly outcome: Outcome; readonly note?: string | undefined },
): Promise<CaseRow> {
  return parts.store.transaction(async (tx) => {
    const found = await allowedCase(parts, tx, actor, "case.close", id);
    if (!(await tx.cases.close(found.id))) throw new Problem(409, "conflict", { remedy: "The case is closed already." });
    const now = new Date();
    const { request, patient } = await readAll(tx, found);
    const remark = closing.note?.trim() ?? "";
    await tx.resources.update(
      found.id,
      {
        ...request.resource,
        status: closing.outcome === "no-show" ? "revoked" : "completed",
        note: [
          ...(request.resource.note ?? []),
          {
            time: now.toISOString(),
            authorString: actorName(actor),
            text: remark === "" ? closing.outcome : `${closing.outcome}: ${remark}`,
          },
        ],
      },
      { expected: request.version },
    );
    if (parts.at.hub !== undefined) {
      const birthYear = patient.resource.birthDate === undefined ? undefined : Number(patient.resource.birthDate.slice(0, 4));
      const { language } = found.summary;
      await tx.outbox.append(caseClosed({ to: parts.at.hub, at: now, language, birthYear, outcome: closing.outcome }));
    }
    await note(parts.store, tx, { action: "case.close", actor: actorName(actor), patient: found.patientId });
    return rowOf({ ...found, status: "closed", closedAt: now }, actor);
  });
}

/** The case, if it exists and `actor` may do `action` to it. */
export async function allowedCase(parts: CaseParts, tx: Transaction, actor: Actor, action: Action, id: string): Promise<Given> {
  const found = await tx.cases.byId(id);
  if (found === undefined) throw new Problem(404, "not-found");
  const given = { ...found, assignees: await tx.cases.assignees(id) };
  demand(actor, action, resourceOf(parts, given));
  return given;
}

function resourceOf({ at, glass }: CaseParts, found: Given) {
  return {
    tenant: at.tenant,
    subject: found.patientId,
    case: { status: found.status, assignees: found.assignees, glassBrokenBy: glass.brokenBy(found.id) },
  };
}

function rowOf(found: Given, actor: Actor): CaseRow {
  const { caseNumber, language, name, pain, complaint } = found.summary;
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
    assignment: mine ? "mine" : found.assignees.length === 0 ? "waiting" : "other",
  };
}
