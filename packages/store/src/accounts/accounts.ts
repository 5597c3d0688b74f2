import { randomUUID } from "node:crypto";
import { StoreError } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { exactToken, exactTokens, sealedJson } from "./sealed-json.ts";

/** Licence number, full years in practice, and the moment (epoch ms) from which no new case may be given. */
export interface Credentials {
  readonly licence?: string;
  readonly yearsInPractice?: number;
  readonly expiresAt?: number;
}

/** What is sealed of an account. */
export interface AccountContent {
  /** As the person types it to sign in; case and compatibility forms do not matter. */
  readonly name: string;
  /** A role of packages/access. */
  readonly role: string;
  /** BCP 47. */
  readonly language: string;
  /** argon2id, as packages/access writes it. */
  readonly passphraseHash?: string;
  readonly totpSecret?: string;
  /** The last TOTP step that was accepted, so that a code works once. */
  readonly totpStep?: number;
  /** Passkeys as `@simplewebauthn/server` gives them. */
  readonly passkeys?: readonly Readonly<Record<string, unknown>>[];
  readonly credentials?: Credentials;
  /** The FHIR Practitioner this account is. */
  readonly practitionerId?: string;
}

export interface Account extends AccountContent {
  readonly id: string;
  readonly tenant: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly disabledAt: Date | undefined;
}

export interface Accounts {
  /** Throws `duplicate` when the name is taken. */
  create(content: AccountContent): Promise<Account>;
  byId(id: string): Promise<Account | undefined>;
  /** In any tenant (the account says which), for who presents a proof that names it. */
  anywhere(id: string): Promise<Account | undefined>;
  byName(name: string): Promise<Account | undefined>;
  list(): Promise<Account[]>;
  /** Changes some fields of `account` as it was read. Throws `version-conflict`, `duplicate`. */
  update(account: Account, change: Partial<AccountContent>): Promise<Account>;
  /** Disabled accounts keep their history but cannot sign in; their sessions end. */
  disable(id: string): Promise<void>;
  /** Lets a disabled account in again. */
  enable(id: string): Promise<void>;
}

interface Row {
  readonly id: string;
  readonly tenant: string;
  readonly sealed: Uint8Array;
  readonly version: number;
  readonly created_at: Date;
  readonly disabled_at: Date | null;
}

const normalise = (name: string) => name.normalize("NFKC").toLowerCase().trim();

export function accounts(scope: Scope): Accounts {
  const json = sealedJson(scope);
  const asAccount = async (row: Row): Promise<Account> => ({
    ...(await sealedJson({ vault: scope.vault, tenant: row.tenant }).open<AccountContent>(
      "account",
      row.id,
      row.version,
      row.sealed,
    )),
    id: row.id,
    tenant: row.tenant,
    version: row.version,
    createdAt: row.created_at,
    disabledAt: row.disabled_at ?? undefined,
  });
  const selection = () => scope.db.selectFrom("account").selectAll().where("tenant", "=", scope.tenant);
  const named = (name: string) => ({
    name_token: exactToken(scope, "account", "name", normalise(name)),
    index_version: scope.vault.indexVersion,
  });
  /** While the index key is exchanged, a name may stand under either key: the table's own rule sees one only. */
  const refuseTaken = async (name: string, id: string) => {
    const taken = await selection()
      .where("name_token", "in", exactTokens(scope, "account", "name", normalise(name)))
      .where("id", "<>", id)
      .executeTakeFirst();
    if (taken !== undefined) throw new StoreError("duplicate", "The name is taken.");
  };
  return {
    async create(content) {
      const row = {
        id: randomUUID(),
        tenant: scope.tenant,
        version: 1,
        created_at: new Date(scope.now()),
        disabled_at: null,
      };
      await refuseTaken(content.name, row.id);
      const sealed = await json.seal("account", row.id, 1, content);
      await scope.db
        .insertInto("account")
        .values({ ...row, sealed, ...named(content.name) })
        .execute();
      return asAccount({ ...row, sealed });
    },
    async byId(id) {
      const row = await selection().where("id", "=", id).executeTakeFirst();
      return row === undefined ? undefined : asAccount(row);
    },
    async anywhere(id) {
      const row = await scope.db.selectFrom("account").selectAll().where("id", "=", id).executeTakeFirst();
      return row === undefined ? undefined : asAccount(row);
    },
    async byName(name) {
      const text = normalise(name);
      if (text === "" || !text.isWellFormed()) return undefined;
      const row = await selection()
        .where("name_token", "in", exactTokens(scope, "account", "name", text))
        .executeTakeFirst();
      return row === undefined ? undefined : asAccount(row);
    },
    async list() {
      return Promise.all((await selection().orderBy("created_at").orderBy("id").execute()).map(asAccount));
    },
    async update(account, change) {
      const { id, version, tenant, createdAt, disabledAt, ...content } = account;
      const next = { ...content, ...change };
      if (next.name !== account.name) await refuseTaken(next.name, id);
      const sealed = await json.seal("account", id, version + 1, next);
      const result = await scope.db
        .updateTable("account")
        .set({ sealed, version: version + 1, ...named(next.name) })
        .where("tenant", "=", scope.tenant)
        .where("id", "=", id)
        .where("version", "=", version)
        .executeTakeFirst();
      if (result.numUpdatedRows !== 1n) throw new StoreError("version-conflict", "The account was changed meanwhile.");
      return { ...next, id, tenant, createdAt, disabledAt, version: version + 1 };
    },
    async disable(id) {
      await scope.db
        .updateTable("account")
        .set({ disabled_at: new Date(scope.now()) })
        .where("tenant", "=", scope.tenant)
        .where("id", "=", id)
        .execute();
      await scope.db.deleteFrom("session").where("account_id", "=", id).execute();
    },
    async enable(id) {
      await scope.db
        .updateTable("account")
        .set({ disabled_at: null })
        .where("tenant", "=", scope.tenant)
        .where("id", "=", id)
        .execute();
    },
  };
}
