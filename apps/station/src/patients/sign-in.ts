import { createRoute, z } from "@hono/zod-openapi";
import {
  hashToken,
  makeAccessCode,
  makeSessionToken,
  newPasskeyOptions,
  type Passkey,
  passkeyClaims,
  passkeyOptions,
  type PasskeySite,
  parseAccessCode,
  parseCaseNumber,
  verifyNewPasskey,
  verifyPasskey,
} from "@yizhan/access";
import { Problem } from "@yizhan/http";
import type { PatientPlace, Store, Transaction } from "@yizhan/store";
import { deleteCookie, getCookie } from "hono/cookie";
import { patientCookie } from "../accounts/authenticate.ts";
import { answeredChallenge, answerSchema, challengeMs, mostPasskeys, optionsSchema } from "../accounts/passkeys.ts";
import { giveCookie, type NewSession } from "../accounts/session.ts";
import { charge, refund } from "../accounts/throttle.ts";
import { note } from "../audit/note.ts";
import type { Guard } from "../guard/guard.ts";
import { callerAddress } from "../http/address.ts";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";
import { patientOf } from "./actor.ts";

/** A patient's session is short: phones are lent. */
const sessionMs = 30 * 60_000;
const path = "/api/my";

const codeRoute = createRoute({
  ...secured("public"),
  method: "post",
  path: "/my/sign-in",
  summary: "Open one's own record with case number and one-time code",
  request: {
    body: jsonBody(z.strictObject({ caseNumber: z.string().min(1).max(40), accessCode: z.string().min(1).max(40) })),
  },
  responses: {
    200: json(
      z.object({ nextCode: z.string().openapi({ description: "Opens the next time; the one that was used is spent" }) }),
      "Signed in; the session is in a cookie",
    ),
    ...problems(400, 404, 429),
  },
});
const askRoute = createRoute({
  ...secured("public"),
  method: "post",
  path: "/my/sign-in/passkey/options",
  summary: "Begin opening one's own record with a passkey",
  responses: { 200: json(z.object({ options: optionsSchema }), "For the device"), ...problems(429) },
});
const passkeyRoute = createRoute({
  ...secured("public"),
  method: "post",
  path: "/my/sign-in/passkey",
  summary: "Open one's own record with what the device answered",
  request: { body: jsonBody(answerSchema) },
  responses: { 204: { description: "Signed in; the session is in a cookie" }, ...problems(400, 401, 429) },
});
const signOutRoute = createRoute({
  ...secured("public"),
  method: "post",
  path: "/my/sign-out",
  summary: "Close one's own record on this device",
  responses: { 204: { description: "Closed" } },
});
const beginRoute = createRoute({
  ...secured("own.change"),
  method: "post",
  path: "/my/passkeys/options",
  summary: "Begin with a passkey for the next time",
  responses: {
    200: json(z.object({ options: optionsSchema, door: z.string() }), "For the device; `door` is sent back with its answer"),
    ...problems(401, 403, 409),
  },
});
const addRoute = createRoute({
  ...secured("own.change"),
  method: "post",
  path: "/my/passkeys",
  summary: "Keep the passkey that the device made",
  request: { body: jsonBody(answerSchema.extend({ door: z.uuid() }).openapi("NewPatientPasskey")) },
  responses: { 204: { description: "Kept" }, ...problems(400, 401, 403, 409) },
});

export interface PatientParts {
  readonly store: Store;
  readonly guard: Guard;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly site: PasskeySite;
  /** Marks the cookie for HTTPS only. */
  readonly secure: boolean;
}

/**
 * The patient's ways in. A number that does not exist and a wrong code are the same answer. Ten wrong codes close
 * a number, fifty an address, for a quarter of an hour; the guard sees who tries many numbers.
 */
export function patientSignIn({ store, guard, country, site, secure }: PatientParts) {
  const passkeysOf = (door: { readonly passkeys: readonly Readonly<Record<string, unknown>>[] }) =>
    door.passkeys as unknown as readonly Passkey[];

  async function begin(tx: Transaction, { patientId, caseId }: PatientPlace, how: string): Promise<NewSession> {
    const token = makeSessionToken();
    const expiresAt = new Date(Date.now() + sessionMs);
    await tx.patientSessions.create(token.hash, { patientId, caseId }, expiresAt);
    await note(store, tx, { action: "patient.sign-in", actor: "patient", patient: patientId, detail: how });
    return { secret: token.secret, expiresAt };
  }

  return apiPart()
    .openapi(codeRoute, async (context) => {
      const address = callerAddress(context);
      await guard.admit(address);
      const typed = context.req.valid("json");
      const caseNumber = parseCaseNumber(typed.caseNumber, country);
      const accessCode = parseAccessCode(typed.accessCode);
      const charges = caseCharges(address, caseNumber);
      const waitMs = await charge(store, charges);
      if (waitMs > 0) {
        context.header("retry-after", String(Math.ceil(waitMs / 1000)));
        throw new Problem(429, "too-many");
      }
      const nextCode = makeAccessCode();
      const session =
        caseNumber === undefined || accessCode === undefined
          ? undefined
          : await store.transaction(async (tx) => {
              const found = await tx.cases.spendAccess(caseNumber, accessCode, nextCode);
              return found === undefined ? undefined : begin(tx, { patientId: found.patientId, caseId: found.id }, "code");
            });
      if (session === undefined) {
        await guard.check({ kind: "anonymous" }, address, "lookup.missed", "case-number");
        throw new Problem(404, "not-found");
      }
      await refund(store, charges);
      giveCookie(context, patientCookie, session, secure, path);
      return context.json({ nextCode }, 200);
    })
    .openapi(askRoute, async (context) => {
      const address = callerAddress(context);
      await guard.admit(address);
      if ((await charge(store, [{ key: `passkey/ask/${address}`, limit: 300 }])) > 0) throw new Problem(429, "too-many");
      const options = await passkeyOptions(site);
      await store.direct().challenges.keep("patient", options.challenge, new Date(Date.now() + challengeMs));
      return context.json({ options }, 200);
    })
    .openapi(passkeyRoute, async (context) => {
      const address = callerAddress(context);
      await guard.admit(address);
      const charges = [{ key: `case/address/${address}`, limit: 50 }];
      if ((await charge(store, charges)) > 0) throw new Problem(429, "too-many");
      const { response } = context.req.valid("json");
      const claims = passkeyClaims(response);
      const expected = claims !== undefined && (await store.direct().challenges.take("patient", claims.challenge));
      const door = expected ? await store.direct().patientDoors.byId(claims.owner) : undefined;
      const known = door === undefined ? [] : passkeysOf(door);
      const passkey = known.find((one) => one.id === claims?.id);
      const used = passkey && claims && (await verifyPasskey(site, claims.challenge, passkey, response));
      if (door === undefined || used === undefined) {
        await guard.check({ kind: "anonymous" }, address, "lookup.missed", "passkey");
        throw new Problem(401, "sign-in-failed");
      }
      const session = await store.transaction(async (tx) => {
        await tx.patientDoors.update(
          door,
          known.map((one) => (one.id === used.id ? { ...used } : { ...one })),
        );
        return begin(tx, door, "passkey");
      });
      await refund(store, charges);
      giveCookie(context, patientCookie, session, secure, path);
      return context.body(null, 204);
    })
    .openapi(signOutRoute, async (context) => {
      const hash = hashToken(getCookie(context, patientCookie) ?? "");
      if (hash !== undefined) await store.direct().patientSessions.end(hash);
      deleteCookie(context, patientCookie, { path });
      return context.body(null, 204);
    })
    .openapi(beginRoute, async (context) => {
      const actor = patientOf(context.get("actor"));
      const doors = await store.direct(actor.tenant).patientDoors.ofPatient(actor.subject);
      if (doors.length >= mostPasskeys) throw new Problem(409, "conflict", { remedy: `At most ${mostPasskeys} passkeys.` });
      // The device keeps a name that says nothing of the person, and shows the station's.
      const door = crypto.randomUUID();
      const options = await newPasskeyOptions(site, { id: door, name: site.name }, doors.flatMap(passkeysOf));
      const until = new Date(Date.now() + challengeMs);
      await store.direct().challenges.keep(`patient/${actor.subject}/${door}`, options.challenge, until);
      return context.json({ options, door }, 200);
    })
    .openapi(addRoute, async (context) => {
      const actor = patientOf(context.get("actor"));
      const { response, door } = context.req.valid("json");
      const challenge = answeredChallenge(response);
      const purpose = `patient/${actor.subject}/${door}`;
      const expected = challenge !== undefined && (await store.direct().challenges.take(purpose, challenge));
      const passkey = expected ? await verifyNewPasskey(site, challenge, response) : undefined;
      if (passkey === undefined) throw new Problem(400, "bad-request", { details: [{ field: "response", code: "not-allowed" }] });
      await store.transaction(
        async (tx) => {
          await tx.patientDoors.create({ patientId: actor.subject, caseId: actor.caseId }, [{ ...passkey }], door);
          await note(store, tx, { action: "patient.passkey-added", actor: "patient", patient: actor.subject });
        },
        { tenant: actor.tenant },
      );
      return context.body(null, 204);
    });
}

/** What a try of a case number is charged to; the status of a case counts with it. */
export function caseCharges(address: string | undefined, caseNumber: string | undefined) {
  return [
    { key: `case/address/${address}`, limit: 50 },
    ...(caseNumber === undefined ? [] : [{ key: `case/number/${caseNumber}`, limit: 10 }]),
  ];
}
