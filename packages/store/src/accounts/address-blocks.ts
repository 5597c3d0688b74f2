import { randomUUID } from "node:crypto";
import type { Scope } from "../scope.ts";
import { exactToken, exactTokens, sealedJson } from "./sealed-json.ts";

/** A network address that the guard turned away for a while. */
export interface AddressBlock {
  readonly id: string;
  readonly address: string;
  readonly rule: string;
  readonly blockedAt: Date;
  readonly until: Date;
}

export interface AddressBlocks {
  /** Blocks, or prolongs the block of, an address. */
  block(address: string, rule: string, until: Date): Promise<void>;
  /** The block that holds now. */
  of(address: string): Promise<AddressBlock | undefined>;
  list(): Promise<AddressBlock[]>;
  /** The address that was let go, or undefined where there is no such block. */
  lift(id: string): Promise<string | undefined>;
  sweep(): Promise<number>;
}

interface Row {
  readonly id: string;
  readonly sealed: Uint8Array;
  readonly rule: string;
  readonly blocked_at: Date;
  readonly until: Date;
}

export function addressBlocks(scope: Scope): AddressBlocks {
  const { db, tenant } = scope;
  const json = sealedJson(scope);
  const asBlock = async ({ id, sealed, rule, blocked_at, until }: Row): Promise<AddressBlock> => {
    const { address } = await json.open<{ address: string }>("address_block", id, 1, sealed);
    return { id, address, rule, blockedAt: blocked_at, until };
  };
  const held = () =>
    db.selectFrom("address_block").selectAll().where("tenant", "=", tenant).where("until", ">", new Date(scope.now()));
  return {
    async block(address, rule, until) {
      const id = randomUUID();
      const row = { tenant, rule, blocked_at: new Date(scope.now()), until };
      const sealed = await json.seal("address_block", id, 1, { address });
      await db
        .insertInto("address_block")
        .values({ ...row, id, sealed, address_token: exactToken(scope, "address_block", "address", address) })
        .onConflict((on) => on.column("address_token").doUpdateSet(row))
        .execute();
    },
    async of(address) {
      const row = await held()
        .where("address_token", "in", exactTokens(scope, "address_block", "address", address))
        .executeTakeFirst();
      return row === undefined ? undefined : asBlock(row);
    },
    async list() {
      return Promise.all((await held().orderBy("blocked_at", "desc").execute()).map(asBlock));
    },
    async lift(id) {
      const row = await db
        .deleteFrom("address_block")
        .where("tenant", "=", tenant)
        .where("id", "=", id)
        .returningAll()
        .executeTakeFirst();
      return row === undefined ? undefined : (await asBlock(row)).address;
    },
    async sweep() {
      const result = await db.deleteFrom("address_block").where("until", "<=", new Date(scope.now())).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}
