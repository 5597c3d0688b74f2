import { z } from "@hono/zod-openapi";
import type { Account, Credentials } from "@yizhan/store";

/** From how many days before its end a licence is said to end soon: time enough to renew it. */
const noticeDays = 60;
const day = 86_400_000;

export const licenceSchema = z
  .object({
    number: z.string().optional(),
    yearsInPractice: z.int().optional(),
    until: z.string().optional().openapi({ description: "The moment from which no new case may be given" }),
    state: z.enum(["valid", "ends-soon", "ended"]),
  })
  .openapi("Licence");
export type Licence = z.output<typeof licenceSchema>;

/** What an administrator says of someone's licence. It holds to the end of its day, UTC. */
export const licenceBody = z
  .strictObject({
    number: z.string().trim().min(1).max(100).optional(),
    yearsInPractice: z.int().min(0).max(80).optional(),
    until: z.iso.date(),
  })
  .openapi("NewLicence");

export function credentialsOf({ number, yearsInPractice, until }: z.output<typeof licenceBody>): Credentials {
  return {
    ...(number === undefined ? {} : { licence: number }),
    ...(yearsInPractice === undefined ? {} : { yearsInPractice }),
    expiresAt: Date.parse(`${until}T00:00:00Z`) + day,
  };
}

/** How an account's licence stands; undefined where none is kept. */
export function licenceOf({ credentials }: Account, now = Date.now()): Licence | undefined {
  if (credentials === undefined) return undefined;
  const { licence, yearsInPractice, expiresAt } = credentials;
  const left = (expiresAt ?? Infinity) - now;
  return {
    ...(licence === undefined ? {} : { number: licence }),
    ...(yearsInPractice === undefined ? {} : { yearsInPractice }),
    ...(expiresAt === undefined ? {} : { until: new Date(expiresAt).toISOString() }),
    state: left <= 0 ? "ended" : left <= noticeDays * day ? "ends-soon" : "valid",
  };
}
