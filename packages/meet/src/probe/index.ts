export {
  probeTurn,
  type Credential,
  type Transport,
  type TurnFault,
  type TurnOutcome,
  type TurnProbe,
  type TurnServer,
} from "./turn.ts";
export { probeRoom, type RoomCall, type RoomFault, type RoomProbe } from "./room.ts";
export type { Door } from "./xmpp.ts";
