import { z } from "zod";

/** Whom a hub expects: a country, and the SHA-256 of the one-time token that it may join with, in hex. */
export const invitedSchema = z.array(z.strictObject({ node: z.string(), tokenSha256: z.string() }));
export type Invited = z.infer<typeof invitedSchema>[number];

/** What a dump says of itself before its content. */
export const dumpHeaderSchema = z.object({
  format: z.literal(1),
  /** ISO 3166-1 alpha-2. */
  country: z.string(),
  /** ISO 8601. */
  createdAt: z.string(),
  /** Steps of the schema, in order. */
  schema: z.array(z.string()),
  /** The audit log's head in the same snapshot: entries, and the tree's root in base64. */
  audit: z.object({ size: z.number().int().min(0), root: z.string() }),
  /** Of a hub: its list lies beside its database. Stations, and older backups, have none. */
  invitations: invitedSchema.optional(),
});
export type DumpHeader = z.infer<typeof dumpHeaderSchema>;

/** What it says after it: rows of each table, attachments and their sealed bytes, and the SHA-256 of every frame before this one. */
export const dumpEndSchema = z.object({
  rows: z.record(z.string(), z.number().int()),
  /** Backups made before there were attachments have none. */
  files: z.object({ count: z.number().int(), bytes: z.number().int() }).default({ count: 0, bytes: 0 }),
  sha256: z.string(),
});
export type DumpEnd = z.infer<typeof dumpEndSchema>;

export const dumpedTableSchema = z.object({
  name: z.string(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
});
export const sequenceSchema = z.object({ name: z.string(), value: z.string().regex(/^\d+$/) });

/** A backup as it describes itself, whole. */
export interface Manifest extends DumpHeader, DumpEnd {}

export interface Progress {
  readonly table: string;
  /** Rows so far, of all tables. */
  readonly rows: number;
}
