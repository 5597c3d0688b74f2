import type { Actor } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import { isRoomName, makeRoomName } from "@yizhan/meet/credentials";
import { parseSearch } from "@yizhan/records";
import type { ResourceOf, Transaction } from "@yizhan/store";
import { actorName } from "../accounts/actor-name.ts";
import { note } from "../audit/note.ts";
import { type CaseParts, type Given, inCase, tenantOf } from "../cases/service.ts";
import { demand, refused } from "../http/secured.ts";
import type { SpeechClient } from "../sessions/speech-client.ts";
import { endVisit, visitOf, visitsOf } from "../transcripts/visit.ts";
import { type CallRole, callRoles, type Grant, type Meet } from "./meet.ts";
import type { Person, Presence } from "./presence.ts";

type Encounter = ResourceOf<"Encounter">;

export interface CallParts extends CaseParts {
  /** Absent: this station has no calls. */
  readonly meet: Meet | undefined;
  readonly presence: Presence;
  readonly speech: SpeechClient | undefined;
  /** Told that the speech service does not know who speaks what: captions fail, the call does not. */
  readonly untold: (error: unknown) => void;
}

/** A call that goes on: a visit of the case, with the name of its room. */
export interface Call {
  readonly caseId: string;
  readonly patientId: string;
  readonly encounterId: string;
  readonly room: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** The room's name, among the visit's identifiers. */
const system = "urn:yizhan:call";

/** Throws 503 where the station has no Jitsi. */
export function meetOf({ meet }: CallParts): Meet {
  if (meet === undefined) throw new Problem(503, "unavailable", { remedy: "This station has no calls: it has no `meet`." });
  return meet;
}

/** In which role somebody is in a call. Throws 403. */
export function callRole(actor: Actor): CallRole {
  if (actor.kind === "patient") return "patient";
  const role = actor.kind === "staff" ? callRoles.find((one) => one === actor.role) : undefined;
  if (role === undefined) throw refused("role");
  return role;
}

/** The case's call that goes on. */
export async function callOf(tx: Pick<Transaction, "resources">, caseId: string): Promise<Call | undefined> {
  for (const { id, resource } of await visitsOf(tx, caseId)) {
    const call = asCall(id, resource);
    if (call !== undefined) return call;
  }
  return undefined;
}

/** The call of this room, while it goes on. */
export async function callIn(tx: Pick<Transaction, "resources">, room: string): Promise<Call | undefined> {
  if (!isRoomName(room)) return undefined;
  const { matches } = await tx.resources.search(parseSearch("Encounter", [["identifier", `${system}|${room}`]]));
  const [found] = matches;
  return found === undefined ? undefined : asCall(found.id, found.resource as Encounter);
}

function asCall(encounterId: string, visit: Encounter): Call | undefined {
  const room = visit.identifier?.find((one) => one.system === system)?.value;
  if (room === undefined || visit.status !== "in-progress") return undefined;
  return {
    encounterId,
    room,
    caseId: visit.basedOn?.[0]?.reference?.replace("ServiceRequest/", "") ?? "",
    patientId: visit.subject?.reference?.replace("Patient/", "") ?? "",
    startedAt: visit.period?.start ?? "",
  };
}

/** Opens the case's room, or lets into the one that is open. */
export async function startCall(parts: CallParts, actor: Actor, caseId: string): Promise<Grant> {
  const meet = meetOf(parts);
  const role = callRole(actor);
  const room = await inCase(parts, actor, "call.start", caseId, async (tx, found) => {
    openOr409(found);
    await tx.lock(`call/${caseId}`);
    const before = await callOf(tx, caseId);
    if (before !== undefined) {
      await tookPart(tx, before, actor);
      return before.room;
    }
    const visit = await visitOf(tx, found);
    const read = await tx.resources.read("Encounter", visit.id);
    if (read === undefined) throw new Problem(404, "not-found");
    const name = makeRoomName();
    const identifier = [...(read.resource.identifier ?? []), { system, value: name }];
    await tx.resources.update<Encounter>(visit.id, attended({ ...read.resource, identifier }, actor), { expected: read.version });
    return name;
  });
  tellDesk(parts, tenantOf(actor));
  return meet.grant(room, role);
}

/** Lets whoever works with conversations into one that is a call: interpreters into every one, others into their cases'. */
export async function enterCall(parts: CallParts, actor: Actor, room: string): Promise<Grant> {
  const meet = meetOf(parts);
  const role = callRole(actor);
  await parts.store.transaction(
    async (tx) => {
      const call = await ownCall(parts, tx, actor, room);
      await tookPart(tx, call, actor);
      await note(parts.store, tx, { action: "call.join", actor: actorName(actor), patient: call.patientId });
    },
    { tenant: tenantOf(actor) },
  );
  return meet.grant(room, role);
}

/** The call of this room. Throws 404, also for a colleague's. */
export async function ownCall(parts: CallParts, tx: Transaction, actor: Actor, room: string): Promise<Call> {
  const call = await callIn(tx, room);
  const found = call && (await tx.cases.byId(call.caseId));
  if (call === undefined || found?.status !== "open") throw new Problem(404, "not-found");
  if (actor.kind === "patient" && actor.caseId !== call.caseId) throw new Problem(404, "not-found");
  if (actor.kind === "staff" && actor.role !== "interpreter") {
    const assignees = await tx.cases.assignees(found.id);
    const facts = { status: found.status, assignees, glassBrokenBy: parts.glass.brokenBy(found.id) };
    demand(actor, "call.start", { tenant: actor.tenant, subject: found.patientId, case: facts });
  }
  return call;
}

/** Ends the case's call for everyone. Where there is none, nothing happens. */
export async function endCall(parts: CallParts, actor: Actor, caseId: string): Promise<void> {
  const call = await inCase(parts, actor, "call.end", caseId, async (tx) => {
    const found = await callOf(tx, caseId);
    if (found !== undefined) await endVisit(tx, found.encounterId);
    return found;
  });
  if (call === undefined) return;
  parts.presence.clear(caseId);
  tellDesk(parts, tenantOf(actor));
}

/** Somebody's page is in the call: the desk sees it, and the speech service hears what they speak. */
export async function joined(parts: CallParts, actor: Actor, call: Call, participant: string, person: Person): Promise<void> {
  const tenant = tenantOf(actor);
  parts.presence.join(call.caseId, participant, person);
  tellDesk(parts, tenant);
  if (parts.speech === undefined) return;
  // A patient's name is not for everybody who sees the list of conversations.
  const account = actor.kind === "staff" ? await parts.store.direct(tenant).accounts.byId(actor.accountId) : undefined;
  const name = account?.name ?? person.role;
  await parts.speech.tell(call.room, { [participant]: { language: person.language, name } }).catch(parts.untold);
}

/** The worklist shows who waits, an open case who is in its call. */
export function tellDesk({ board }: CallParts, tenant: string): void {
  board.tell(tenant, "calls");
  board.tell(tenant, "cases");
}

export function openOr409(found: Pick<Given, "status">): void {
  if (found.status !== "open") throw new Problem(409, "case-closed");
}

/** Writes into the visit that this member of staff took part. */
async function tookPart(tx: Transaction, call: Call, actor: Actor): Promise<void> {
  const read = await tx.resources.read("Encounter", call.encounterId);
  if (read === undefined) return;
  const after = attended(read.resource, actor);
  if (after !== read.resource) await tx.resources.update<Encounter>(call.encounterId, after, { expected: read.version });
}

function attended(visit: Encounter, actor: Actor): Encounter {
  if (actor.kind !== "staff") return visit;
  const { participant = [] } = visit;
  if (participant.some((one) => one.individual?.identifier?.value === actor.accountId)) return visit;
  const individual = { identifier: { system: "urn:yizhan:account", value: actor.accountId } };
  return { ...visit, participant: [...participant, { individual, period: { start: new Date().toISOString() } }] };
}
