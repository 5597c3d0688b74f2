export type * from "./types.ts";
export { eventClasses, lanes } from "./types.ts";
export { FederationError, type FederationErrorCode, federationErrorCodes, PoisonEvent } from "./errors.ts";
// Events
export { ageBandOf, caseClosed, caseOpened, healthEvent, isoWeekOf } from "./events/make.ts";
export { type AgeBand, ageBands, anyValue, type StationHealth } from "./events/catalogue.ts";
// The gateway
export { type Decision, type Gateway, openGateway } from "./gateway/judge.ts";
// Envelopes and chains
export { type ChainName, genesis } from "./chain.ts";
export type { BodyItem, ReceivedEvent } from "./envelope/body.ts";
export { maxEnvelope } from "./envelope/header.ts";
export { sealEnvelope } from "./envelope/seal.ts";
export { decodeEnvelope, encodeEnvelope } from "./envelope/wire.ts";
export type { Ack, Parked } from "./ack.ts";
export type { Cursor, Hello, Witnessed } from "./hello.ts";
export { type Signer, signed } from "./signed.ts";
// Sending
export { type Agent, type AgentOptions, type AgentStatus, startAgent } from "./agent.ts";
export type * from "./outbound/ports.ts";
export type { Carrier } from "./carriers/types.ts";
export { httpCarrier } from "./carriers/http.ts";
// Receiving
export { type Alarm, type Arrival, type Effect, receiveEnvelope, type ReceiverOptions } from "./inbound/receiver.ts";
export { answerHello, type Witness } from "./inbound/greet.ts";
export type * from "./inbound/ports.ts";
// Joining
export { admit } from "./membership/admit.ts";
export {
  type Expected,
  expectedShape,
  identityFromJson,
  type IdentityJson,
  identityToJson,
  type Invitation,
  invitationShape,
  type Membership,
} from "./membership/shapes.ts";
