import { StoreError } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { sealedJson } from "./sealed-json.ts";

/** Single sealed values under fixed names: a node's identity, the membership, the audit log's key. */
export interface Settings {
  get<T>(name: string): Promise<{ readonly value: T; readonly version: number } | undefined>;
  /** With `expected` 0 the name must be new. Throws `version-conflict`. Without it the last writer wins. */
  put(name: string, value: unknown, expected?: number): Promise<void>;
}

export function settings(scope: Scope): Settings {
  const { db } = scope;
  const json = sealedJson(scope);
  const read = (name: string) => db.selectFrom("setting").selectAll().where("name", "=", name).executeTakeFirst();
  const conflict = () => new StoreError("version-conflict", "The setting was changed meanwhile.");
  return {
    async get<T>(name: string) {
      const row = await read(name);
      return row === undefined
        ? undefined
        : { value: await json.open<T>("setting", name, row.version, row.sealed), version: row.version };
    },
    async put(name, value, expected) {
      const version = expected ?? (await read(name))?.version ?? 0;
      const sealed = await json.seal("setting", name, version + 1, value);
      if (version === 0) {
        const result = await db
          .insertInto("setting")
          .values({ name, sealed, version: 1 })
          .onConflict((on) => on.doNothing())
          .executeTakeFirst();
        if (result.numInsertedOrUpdatedRows !== 1n) throw conflict();
        return;
      }
      const result = await db
        .updateTable("setting")
        .set({ sealed, version: version + 1 })
        .where("name", "=", name)
        .where("version", "=", version)
        .executeTakeFirst();
      if (result.numUpdatedRows !== 1n) throw conflict();
    },
  };
}
