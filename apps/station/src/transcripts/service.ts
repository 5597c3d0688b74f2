import type { Actor } from "@yizhan/access";
import { parseCaseNumber } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import { parseSearch } from "@yizhan/records";
import type { ResourceOf } from "@yizhan/store";
import { actorName } from "../accounts/actor-name.ts";
import { accountNames } from "../accounts/names.ts";
import { note } from "../audit/note.ts";
import { type CaseParts, inCase, tenantOf } from "../cases/service.ts";
import { demand } from "../http/secured.ts";
import type { Keeper, Kept } from "./keeper.ts";
import { type KeptLine, lineOf, transcriptConsentOf } from "./resources.ts";
import { visitOf, visitsOf } from "./visit.ts";

type Communication = ResourceOf<"Communication">;

export interface TranscriptParts extends CaseParts {
  readonly keeper: Keeper;
}

export interface Agreement {
  readonly caseNumber: string;
  /** In which the patient was asked, BCP 47. */
  readonly language: string;
  readonly given: "patient" | "representative";
}

/** Begins to write a conversation into an open case's record. Throws 404 for a number that is none, 409 for a closed case. */
export async function keep(parts: TranscriptParts, actor: Actor, sessionId: string, agreement: Agreement): Promise<Kept> {
  const { store, keeper, at } = parts;
  const tenant = tenantOf(actor);
  const before = keeper.of(sessionId);
  if (before !== undefined) throw new Problem(409, "conflict", { remedy: "This conversation is kept already; stop that first." });
  const caseNumber = parseCaseNumber(agreement.caseNumber, at.country);
  const now = new Date();
  const kept = await store.transaction(
    async (tx) => {
      const found = caseNumber === undefined ? undefined : (await tx.cases.list({ caseNumber })).cases[0];
      if (found === undefined) throw new Problem(404, "not-found");
      if (found.status !== "open") throw new Problem(409, "case-closed");
      const assignees = await tx.cases.assignees(found.id);
      // Whoever has cases writes only into those; an interpreter has none, and reads nothing of this one.
      if (actor.kind === "staff" && actor.role !== "interpreter")
        demand(actor, "case.read", { tenant, subject: found.patientId, case: { status: found.status, assignees } });
      const askedBy = actor.kind === "staff" ? (await accountNames(tx.accounts)).get(actor.accountId) : undefined;
      const consent = await tx.resources.create(
        transcriptConsentOf({
          patientId: found.patientId,
          language: agreement.language,
          given: agreement.given,
          askedBy: askedBy ?? actorName(actor),
          at: now,
        }),
      );
      const visit = await visitOf(tx, found, now);
      const made: Kept = {
        sessionId,
        tenant,
        caseId: found.id,
        caseNumber: found.summary.caseNumber,
        patientId: found.patientId,
        encounterId: visit.id,
        consentId: consent.id,
        since: now.getTime(),
      };
      await keeper.remember(tx, made);
      await note(store, tx, { action: "transcript.keep", actor: actorName(actor), patient: found.patientId, detail: consent.id });
      return made;
    },
    { tenant },
  );
  keeper.follow(kept);
  return kept;
}

/** Ends the keeping; with `erase` what was kept goes as well, and the consent no longer stands. */
export async function stopKeeping(parts: TranscriptParts, actor: Actor, sessionId: string, erase: boolean): Promise<void> {
  const { store, keeper } = parts;
  const tenant = tenantOf(actor);
  const kept = keeper.of(sessionId);
  if (kept === undefined || kept.tenant !== tenant) throw new Problem(404, "not-found");
  await keeper.stop(kept);
  await store.transaction(
    async (tx) => {
      if (erase) {
        for (const { id } of await linesOf(tx, kept.encounterId)) await tx.resources.delete("Communication", id);
        const consent = await tx.resources.read("Consent", kept.consentId);
        if (consent !== undefined)
          await tx.resources.update<ResourceOf<"Consent">>(
            kept.consentId,
            { ...consent.resource, status: "inactive" },
            { expected: consent.version },
          );
      }
      const action = erase ? "transcript.erase" : "transcript.stop";
      await note(store, tx, { action, actor: actorName(actor), patient: kept.patientId, detail: kept.consentId });
    },
    { tenant },
  );
}

/** What is kept of a case's conversations, in the order it was said. Audited before it is given. */
export async function readTranscript(parts: TranscriptParts, actor: Actor, caseId: string): Promise<KeptLine[]> {
  return inCase(parts, actor, "case.read", caseId, async (tx) => {
    const visits = await visitsOf(tx, caseId);
    const lines = await Promise.all(visits.map(({ id }) => linesOf(tx, id)));
    return lines
      .flat()
      .map(({ resource }) => lineOf(resource))
      .toSorted((a, b) => a.at.localeCompare(b.at));
  });
}

async function linesOf(tx: Parameters<typeof visitsOf>[0], encounterId: string) {
  const found: { id: string; resource: Communication }[] = [];
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const query: [string, string][] = [
      ["encounter", `Encounter/${encounterId}`],
      ["_count", "200"],
    ];
    const { matches, next } = await tx.resources.search({ ...parseSearch("Communication", query), ...(cursor && { cursor }) });
    found.push(...matches.map(({ id, resource }) => ({ id, resource: resource as Communication })));
    cursor = next;
  }
  return found;
}
