import { type Invitation, invitationShape } from "@yizhan/federation";
import { readSecretFile } from "@yizhan/vault";

/** What the kit left for this station: where the hub is, the one-time token and the hub's keys. */
export async function readInvitation(path: string): Promise<Invitation> {
  return invitationShape.parse(JSON.parse(await readSecretFile(path)));
}
