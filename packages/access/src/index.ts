export { type Action, actions, type CaseFacts, type Decision, decide, may, type Refusal, type Resource } from "./policy.ts";
export {
  type Actor,
  type Anonymous,
  type ApplicationActor,
  type PatientActor,
  type Role,
  roles,
  roleSchema,
  type Scope,
  type StaffActor,
  type StaffRole,
  staffRoles,
  staffRoleSchema,
} from "./roles.ts";
export { formatScopes, parseScopes, scopesAllow, type Verb } from "./scopes.ts";
export { makeAccessCode, makeCaseNumber, parseAccessCode, parseCaseNumber } from "./case-number.ts";
export { hashPassphrase, type PassphraseCost, passphraseCost, type Verified, verifyPassphrase } from "./passphrase.ts";
export { makeTotpSecret, totpAddress, verifyTotp } from "./totp.ts";
export { hashToken, makeApplicationToken, makeSessionToken, type NewToken, sameBytes } from "./token.ts";
export { type GuessLimiter, guessLimiter, type GuessLimits } from "./guesses.ts";
export {
  newPasskeyOptions,
  type Passkey,
  passkeyClaims,
  passkeyOptions,
  type PasskeySite,
  verifyNewPasskey,
  verifyPasskey,
} from "./passkeys.ts";
