import { type Action, type Actor, decide, makeAccessCode, parseCaseNumber } from "@yizhan/access";
import { caseClosed } from "@yizhan/federation";
import { Problem } from "@yizhan/http";
import type { Case, Store, Transaction } from "@yizhan/store";
import { note } from "../audit/note.ts";
import { actorName } from "../accounts/actor-name.ts";
import { accountNames } from "../accounts/names.ts";
import { demand, refused } from "../http/secured.ts";
import type { Guard } from "../guard/guard.ts";
import { openReviews } from "../prescriptions/open-reviews.ts";
import type { Tenancy } from "../tenancy.ts";
import { endVisit, visitsOf } from "../transcripts/visit.ts";
import type { Board } from "./board.ts";
import type { BrokenGlass } from "./glass.ts";
import { patientsNamed, readAll } from "./records.ts";
import type { CaseRow, CaseView, Outcome } from "./schema.ts";
import { caseView, lockedRow, rowOf } from "./view.ts";

export interface CaseParts {
  readonly store: Store;
  readonly at: Tenancy;
  readonly glass: BrokenGlass;
  readonly guard: Guard;
  readonly board: Board;
}

export interface CaseQuery {
  readonly status: "open" | "closed";
  readonly name?: string | undefined;
  readonly caseNumber?: string | undefined;
  readonly cursor?: string | undefined;
}

/** A case and whom it was given to. */
export type Given = Case & { readonly assignees: readonly string[] };

/** The organisation whose cases `actor` works with. Throws 401. */
export function tenantOf(actor: Actor): string {
  if (actor.kind === "anonymous") throw refused("not-signed-in");
  return actor.tenant;
}

/**
 * One page of the worklist: for a clinician what waits and what is theirs, for others all. Whoever names the exact
 * number of a colleague's case learns that it is there and whose it is, and no more.
 */
export async function listCases(parts: CaseParts, actor: Actor, query: CaseQuery) {
  const { store, at } = parts;
  const tenant = tenantOf(actor);
  const caseNumber = query.caseNumber === undefined ? undefined : parseCaseNumber(query.caseNumber, at.country);
  if (query.caseNumber !== undefined && caseNumber === undefined) return { cases: [], next: undefined };
  return store.transaction(
    async (tx) => {
      const page = await tx.cases.list({
        status: query.status,
        ...(query.name === undefined ? {} : { patientIds: await patientsNamed(tx, query.name) }),
        ...(caseNumber === undefined ? {} : { caseNumber }),
        ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
      });
      const assignees = await tx.cases.assigneesOf(page.cases.map((one) => one.id));
      const names = await accountNames(tx.accounts);
      const patientIds = query.status === "open" ? page.cases.map((one) => one.patientId) : [];
      const reviews = await openReviews(tx, { patientIds });
      const rows: CaseRow[] = [];
      for (const one of page.cases) {
        const given = { ...one, assignees: assignees.get(one.id) ?? [] };
        const resource = resourceOf(parts, tenant, given);
        if (decide(actor, "case.read", resource).allowed) {
          const states = new Set(reviews.filter(({ patientId }) => patientId === one.patientId).map(({ state }) => state));
          const prescription = (["returned", "waiting"] as const).find((state) => states.has(state));
          rows.push({ ...rowOf(given, actor, names), ...(prescription === undefined ? {} : { prescription }) });
          // One entry for each patient whose name is shown.
          await note(store, tx, { action: "case.list", actor: actorName(actor), patient: one.patientId });
        } else if (caseNumber !== undefined && decide(actor, "case.break-glass", resource).allowed) {
          rows.push(lockedRow(given, actor, names));
        }
      }
      return { cases: rows, next: page.next };
    },
    { tenant },
  );
}

/** Everything a case's page shows. Audited before it is given. */
export async function readCase(parts: CaseParts, actor: Actor, id: string): Promise<CaseView> {
  return inCase(parts, actor, "case.read", id, async (tx, found) => {
    const records = await readAll(tx, found);
    return caseView(rowOf(found, actor, await accountNames(tx.accounts)), records);
  });
}

/** Gives a waiting case to the clinician who asks. Taken by another at the same moment: 409. */
export async function claimCase(parts: CaseParts, actor: Actor, id: string): Promise<CaseRow> {
  if (actor.kind !== "staff") throw new Problem(403, "forbidden", { remedy: "A case is given to a person." });
  return changed(parts, actor, () =>
    inCase(parts, actor, "case.claim", id, (tx, found) => hand(tx, found, actor, actor.accountId)),
  );
}

/** Gives a case to a colleague who may take it: a clinician whose account and licence hold. 409 where they may not. */
export async function giveCase(parts: CaseParts, actor: Actor, id: string, to: string): Promise<CaseRow> {
  return changed(parts, actor, () =>
    inCase(
      parts,
      actor,
      "case.assign",
      id,
      async (tx, found) => {
        if (found.status !== "open") throw new Problem(409, "case-closed");
        const colleague = await tx.accounts.byId(to);
        const until = colleague?.credentials?.expiresAt ?? Infinity;
        if (colleague?.role !== "clinician" || colleague.disabledAt !== undefined || until <= Date.now()) {
          throw new Problem(409, "conflict", { remedy: "The case is given to a clinician whose account and licence hold." });
        }
        return hand(tx, found, actor, to);
      },
      to,
    ),
  );
}

/** Puts a case back among those that wait. */
export async function releaseCase(parts: CaseParts, actor: Actor, id: string): Promise<CaseRow> {
  return changed(parts, actor, () =>
    inCase(parts, actor, "case.assign", id, (tx, found) => hand(tx, found, actor, undefined), "waiting"),
  );
}

/** A new one-time code for a patient who lost theirs; every earlier one is dead. To be told to the patient only. */
export async function newCode(parts: CaseParts, actor: Actor, id: string) {
  return inCase(parts, actor, "case.code", id, async (tx, found) => {
    const accessCode = makeAccessCode();
    await tx.cases.renewAccess(found.id, accessCode);
    await tx.patientSessions.endAll(found.patientId);
    return { caseNumber: found.summary.caseNumber, accessCode };
  });
}

/** Closes an open case, with its event for the hub. A case that is closed already stays as it is: 409. */
export async function closeCase(
  parts: CaseParts,
  actor: Actor,
  id: string,
  closing: { readonly outcome: Outcome; readonly note?: string | undefined },
): Promise<CaseRow> {
  return changed(parts, actor, () =>
    inCase(parts, actor, "case.close", id, async (tx, found) => {
      if ((await openReviews(tx, { patientIds: [found.patientId] })).length > 0) {
        // A closed case is nobody's: the prescription would wait for ever, and its patient with it.
        throw new Problem(409, "conflict", { remedy: "A prescription waits for its review: withdraw it or wait." });
      }
      if (!(await tx.cases.close(found.id))) throw new Problem(409, "conflict", { remedy: "The case is closed already." });
      const now = new Date();
      for (const visit of await visitsOf(tx, found.id)) await endVisit(tx, visit.id, now);
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
      return rowOf({ ...found, status: "closed", closedAt: now }, actor, await accountNames(tx.accounts));
    }),
  );
}

/** Does `work` with a case that exists and to which `actor` may do `action`; audited with it. */
export async function inCase<T>(
  parts: CaseParts,
  actor: Actor,
  action: Action,
  id: string,
  work: (tx: Transaction, found: Given) => Promise<T>,
  detail?: string,
): Promise<T> {
  const tenant = tenantOf(actor);
  return parts.store.transaction(
    async (tx) => {
      const found = await tx.cases.byId(id);
      if (found === undefined) throw new Problem(404, "not-found");
      const given = { ...found, assignees: await tx.cases.assignees(id) };
      demand(actor, action, resourceOf(parts, tenant, given));
      const result = await work(tx, given);
      const more = detail === undefined ? {} : { detail };
      await note(parts.store, tx, { action, actor: actorName(actor), patient: found.patientId, ...more });
      return result;
    },
    { tenant },
  );
}

async function changed<T>({ board }: CaseParts, actor: Actor, work: () => Promise<T>): Promise<T> {
  const result = await work();
  board.tell(tenantOf(actor), "cases");
  return result;
}

/** Puts the case into one account's hands, or nobody's. */
async function hand(tx: Transaction, found: Given, actor: Actor, to: string | undefined): Promise<CaseRow> {
  const request = await tx.resources.read("ServiceRequest", found.id);
  if (request === undefined) throw new Problem(404, "not-found");
  const { performer: _before, ...rest } = request.resource;
  // Written with the version that was read: of two who claim at once, the second fails.
  await tx.resources.update(
    found.id,
    to === undefined ? rest : { ...rest, performer: [{ identifier: { system: "urn:yizhan:account", value: to } }] },
    { expected: request.version },
  );
  for (const one of found.assignees) await tx.cases.unassign(found.id, one);
  if (to !== undefined) await tx.cases.assign(found.id, to);
  return rowOf({ ...found, assignees: to === undefined ? [] : [to] }, actor, await accountNames(tx.accounts));
}

function resourceOf({ glass }: CaseParts, tenant: string, found: Given) {
  return {
    tenant,
    subject: found.patientId,
    case: { status: found.status, assignees: found.assignees, glassBrokenBy: glass.brokenBy(found.id) },
  };
}
