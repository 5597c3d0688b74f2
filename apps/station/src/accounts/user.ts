import { z } from "@hono/zod-openapi";
import { staffRoleSchema } from "@yizhan/access";
import type { Account } from "@yizhan/store";

export const userSchema = z
  .object({ id: z.string(), name: z.string(), role: staffRoleSchema, language: z.string() })
  .openapi("User");
export type User = z.output<typeof userSchema>;

export function userOf(account: Account): User {
  return { id: account.id, name: account.name, role: staffRoleSchema.parse(account.role), language: account.language };
}
