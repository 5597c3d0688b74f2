import type { Actor, PatientActor } from "@yizhan/access";
import { refused } from "../http/secured.ts";

/** The patient who asks. Throws 401 and 403. */
export function patientOf(actor: Actor): PatientActor {
  if (actor.kind === "anonymous") throw refused("not-signed-in");
  if (actor.kind !== "patient") throw refused("role");
  return actor;
}
