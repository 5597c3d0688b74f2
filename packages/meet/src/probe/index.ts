export {
  probeTurn,
  type Credential,
  type Transport,
  type TurnFault,
  type TurnOutcome,
  type TurnProbe,
  type TurnServer,
} from "./turn.ts";
