import { FederationError, type InboundStore, type Lane, type Member } from "@yizhan/federation";
import { type Kysely, sql } from "kysely";
import type { Database } from "../database/open.ts";
import type { Tables } from "../database/tables.ts";
import { StoreError } from "../errors.ts";
import { inboundTx } from "./inbound-tx.ts";
import type { FederationTables } from "./tables.ts";

/** Another number than any other lock's; the second half of the key is the sender's node. */
const receiverLock = 4_200_733;
const transient: ReadonlySet<string> = new Set(["database-gone", "disk-full", "try-again", "closed"]);

/** The receiving side over `database`. `effects` gives events what they act on, within their transaction. */
export function openInbound<Effects>(
  database: Pick<Database, "kysely">,
  effects: (transaction: Kysely<Tables>) => Effects,
  now: () => Date = () => new Date(),
): InboundStore<Effects> {
  const db = database.kysely.withTables<FederationTables>();
  return {
    async member(node, keyId) {
      const row = await db
        .selectFrom("fed_member")
        .selectAll()
        .where("node", "=", node)
        .where("key_id", "=", keyId)
        .executeTakeFirst();
      return row === undefined ? undefined : asMember(row);
    },
    async revokedKeys() {
      const rows = await db.selectFrom("fed_member").select("key_id").where("revoked_at", "is not", null).execute();
      return rows.map((row) => row.key_id).sort();
    },
    async invited(tokenSha256) {
      const row = await db.selectFrom("fed_member").selectAll().where("invitation", "=", tokenSha256).executeTakeFirst();
      return row === undefined ? undefined : asMember(row);
    },
    async admit({ identity, gatewayKey, membership }, tokenSha256, at) {
      const { node, keyId, signKey, boxKey } = identity;
      try {
        await db.transaction().execute(async (tx) => {
          await tx
            .updateTable("fed_member")
            .set({ revoked_at: at })
            .where("node", "=", node)
            .where("key_id", "!=", keyId)
            .where("revoked_at", "is", null)
            .execute();
          await tx
            .insertInto("fed_member")
            .values({
              node,
              key_id: keyId,
              sign_key: signKey,
              box_key: boxKey,
              gateway_key: gatewayKey,
              invitation: tokenSha256,
              membership,
              joined_at: at,
              revoked_at: null,
            })
            .execute();
        });
      } catch (error) {
        if (!(error instanceof StoreError) || error.code !== "duplicate") throw error;
        throw new FederationError("token-used", "this invitation, or this key, is in use already", { cause: error });
      }
    },
    receiving: (chain, work) =>
      database.kysely.transaction().execute(async (transaction) => {
        await sql`select pg_advisory_xact_lock(${sql.lit(receiverLock)}, hashtext(${chain.from}))`.execute(transaction);
        return work(inboundTx(transaction.withTables<FederationTables>(), chain, effects(transaction), now));
      }),
    async cursors(from) {
      const rows = await db.selectFrom("fed_in_chain").selectAll().where("from_node", "=", from).orderBy("epoch").execute();
      return rows.map((row) => ({
        epoch: row.epoch,
        lane: row.lane as Lane,
        contiguous: row.contiguous,
        chainHead: row.hash,
        quarantined: row.quarantined,
      }));
    },
    isTransient: (error) => error instanceof StoreError && transient.has(error.code),
  };
}

function asMember(row: {
  node: string;
  key_id: string;
  sign_key: Uint8Array;
  box_key: Uint8Array;
  gateway_key: Uint8Array;
  membership: string;
  revoked_at: Date | null;
}): Member {
  return {
    identity: { node: row.node, keyId: row.key_id, signKey: row.sign_key, boxKey: row.box_key },
    gatewayKey: row.gateway_key,
    membership: row.membership,
    revoked: row.revoked_at !== null,
  };
}
