import type { Actor } from "@yizhan/access";

/** Who it was, for the audit log: an id of ours, never a person's name. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case "staff":
      return `account:${actor.accountId}`;
    case "application":
      return `token:${actor.tokenId}`;
    case "patient":
      return "patient";
    case "anonymous":
      return "anonymous";
  }
}
