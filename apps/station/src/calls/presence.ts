import type { CallRole } from "./meet.ts";

/** Somebody in a call. */
export interface Person {
  readonly role: CallRole;
  /** BCP 47, what they speak and read. */
  readonly language: string;
}

/** Who waits and who is in which case's call, as their pages say. In memory: a page that lives says it again. */
export interface Presence {
  /** The patient's page is open; call the returned function when it is gone. */
  enter(caseId: string): () => void;
  join(caseId: string, participant: string, person: Person): void;
  /** False where they were not in it. */
  leave(caseId: string, participant: string): boolean;
  people(caseId: string): readonly Person[];
  /** The call is over for everyone. */
  clear(caseId: string): void;
  /** Where the patient is; undefined while their page is closed. */
  patient(caseId: string): "waiting" | "in-call" | undefined;
}

/** People in one call, at most: who came first is forgotten first. */
const most = 40;

export function openPresence(): Presence {
  const pages = new Map<string, number>();
  const calls = new Map<string, Map<string, Person>>();
  const people = (caseId: string) => [...(calls.get(caseId)?.values() ?? [])];
  function dropPatient(caseId: string): void {
    const there = calls.get(caseId);
    for (const [id, { role }] of there ?? []) if (role === "patient") there?.delete(id);
  }
  return {
    enter(caseId) {
      pages.set(caseId, (pages.get(caseId) ?? 0) + 1);
      return () => {
        const left = (pages.get(caseId) ?? 1) - 1;
        if (left > 0) return void pages.set(caseId, left);
        pages.delete(caseId);
        // Whose page is gone is in no call.
        dropPatient(caseId);
      };
    },
    join(caseId, participant, person) {
      // A patient who comes back has a new name in the room, and is there once.
      if (person.role === "patient") dropPatient(caseId);
      const there = calls.get(caseId) ?? new Map<string, Person>();
      for (const id of there.keys()) if (there.size >= most) there.delete(id);
      calls.set(caseId, there.set(participant, person));
    },
    leave: (caseId, participant) => calls.get(caseId)?.delete(participant) === true,
    people,
    clear: (caseId) => void calls.delete(caseId),
    patient(caseId) {
      if (people(caseId).some(({ role }) => role === "patient")) return "in-call";
      return pages.has(caseId) ? "waiting" : undefined;
    },
  };
}
