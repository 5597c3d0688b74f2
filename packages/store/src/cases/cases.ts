import { VaultError } from "@yizhan/vault";
import { sql } from "kysely";
import { exactToken, exactTokens, sealedJson } from "../accounts/sealed-json.ts";
import { StoreError } from "../errors.ts";
import { patientSubject } from "../resources/subjects.ts";
import type { Scope } from "../scope.ts";
import { type AccessCodes, codeOpens, hashCode, spendCode } from "./access-codes.ts";

/** What the worklist shows of a case without opening its resources; sealed under the patient's key. */
export interface CaseSummary {
  readonly caseNumber: string;
  /** Of the patient. */
  readonly name: string;
  /** BCP 47. */
  readonly language: string;
  /** 0–10. */
  readonly pain?: number;
  readonly complaint?: string;
  /** Ids of the resources the intake made, by role: `consent`, `questionnaireResponse` … */
  readonly resources?: Readonly<Record<string, string>>;
}

export interface Case {
  /** The ServiceRequest's id. */
  readonly id: string;
  readonly patientId: string;
  readonly status: "open" | "closed";
  readonly openedAt: Date;
  readonly closedAt: Date | undefined;
  readonly summary: CaseSummary;
}

export interface CaseQuery {
  readonly status?: "open" | "closed";
  readonly caseNumber?: string;
  /** Only these patients, for instance those a name search found. */
  readonly patientIds?: readonly string[];
  /** Only cases given to this account. */
  readonly assignedTo?: string;
  /** Default 50, at most 200. */
  readonly count?: number;
  readonly cursor?: string;
}

export interface Cases {
  open(item: {
    readonly id: string;
    readonly patientId: string;
    readonly summary: CaseSummary;
    /** One-time code of the patient; only a hash of it is kept, sealed. */
    readonly accessCode?: string;
  }): Promise<Case>;
  /** Newest first. Throws `bad-cursor`. */
  list(query: CaseQuery): Promise<{ readonly cases: readonly Case[]; readonly next: string | undefined }>;
  byId(id: string): Promise<Case | undefined>;
  /** The case of this number and code; undefined when either is wrong, without saying which. */
  byAccess(caseNumber: string, accessCode: string): Promise<Case | undefined>;
  /**
   * The same, and spends the code: `next` opens from now on, the spent one for ten minutes more, should the answer
   * be lost. Throws `version-conflict` where two came at once.
   */
  spendAccess(caseNumber: string, accessCode: string, next: string): Promise<Case | undefined>;
  /** Gives a case a new code; every earlier one is dead. Throws `version-conflict`. */
  renewAccess(id: string, accessCode: string): Promise<void>;
  /** False when it is closed already or unknown. */
  close(id: string): Promise<boolean>;
  assign(id: string, accountId: string): Promise<void>;
  unassign(id: string, accountId: string): Promise<void>;
  assignees(id: string): Promise<string[]>;
  /** The same for many cases at once. */
  assigneesOf(ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Whether the account has an open case of this patient. */
  hasOpenCase(accountId: string, patientId: string): Promise<boolean>;
}

interface Row {
  readonly id: string;
  readonly subject: string;
  readonly status: "open" | "closed";
  readonly opened_at: Date;
  readonly closed_at: Date | null;
  readonly sealed: Uint8Array;
  readonly version: number;
  readonly access_sealed: Uint8Array | null;
  readonly access_version: number;
}

/** The last case of a page; new cases at the top do not shift what follows. */
function writeCaseCursor(openedAt: Date, id: string): string {
  return Buffer.from(`${openedAt.getTime()}.${id}`).toString("base64url");
}

function readCaseCursor(text: string): { readonly openedAt: Date; readonly id: string } {
  const [, time, id] = /^(\d{1,15})\.([A-Za-z0-9\-.]{1,64})$/.exec(Buffer.from(text, "base64url").toString("latin1")) ?? [];
  if (time === undefined || id === undefined) throw new StoreError("bad-cursor", "The page's cursor is not one of ours.");
  return { openedAt: new Date(Number(time)), id };
}

export function cases(scope: Scope): Cases {
  const { db, tenant } = scope;
  const asCase = async (row: Row): Promise<Case> => ({
    id: row.id,
    patientId: row.subject.slice(tenant.length + 1),
    status: row.status,
    openedAt: row.opened_at,
    closedAt: row.closed_at ?? undefined,
    summary: await sealedJson(scope, row.subject).open<CaseSummary>("case_view", row.id, row.version, row.sealed),
  });
  /** A forgetting that was interrupted leaves rows that nobody can open: they are nobody's cases. */
  const unlessForgotten = (row: Row): Promise<Case | undefined> =>
    asCase(row).catch((error: unknown) => {
      if (error instanceof VaultError && error.code === "subject-forgotten") return undefined;
      throw error;
    });
  const selection = () => db.selectFrom("case_view").selectAll("case_view").where("tenant", "=", tenant);
  const codesOf = async (row: Row): Promise<AccessCodes | undefined> =>
    row.access_sealed === null
      ? undefined
      : sealedJson(scope, row.subject).open<AccessCodes>("case_access", row.id, row.access_version, row.access_sealed);
  const sealCodes = (subject: string, id: string, version: number, codes: AccessCodes) =>
    sealedJson(scope, subject).seal("case_access", id, version, codes);
  /** The row of this number whose code this is, with its codes. */
  const opened = async (caseNumber: string, code: string) => {
    const row = await selection()
      .where("number_token", "in", exactTokens(scope, "case_view", "number", caseNumber))
      .executeTakeFirst();
    const codes = row === undefined ? undefined : await codesOf(row);
    return row !== undefined && codes !== undefined && codeOpens(codes, code, scope.now()) ? { row, codes } : undefined;
  };
  const putCodes = async (row: Row, codes: AccessCodes) => {
    const version = row.access_version + 1;
    const result = await db
      .updateTable("case_view")
      .set({ access_sealed: await sealCodes(row.subject, row.id, version, codes), access_version: version })
      .where("tenant", "=", tenant)
      .where("id", "=", row.id)
      .where("access_version", "=", row.access_version)
      .executeTakeFirst();
    if (result.numUpdatedRows !== 1n) throw new StoreError("version-conflict", "The code was changed meanwhile.");
  };
  return {
    async open({ id, patientId, summary, accessCode }) {
      const subject = patientSubject(tenant, patientId);
      const row = {
        id,
        subject,
        status: "open" as const,
        opened_at: new Date(scope.now()),
        closed_at: null,
        sealed: await sealedJson(scope, subject).seal("case_view", id, 1, summary),
        version: 1,
        access_sealed: accessCode === undefined ? null : await sealCodes(subject, id, 1, { current: hashCode(accessCode) }),
        access_version: accessCode === undefined ? 0 : 1,
      };
      await db
        .insertInto("case_view")
        .values({
          ...row,
          tenant,
          number_token: exactToken(scope, "case_view", "number", summary.caseNumber),
          index_version: scope.vault.indexVersion,
          access_token: null,
        })
        .execute();
      return asCase(row);
    },
    async list({ status, caseNumber, patientIds, assignedTo, count = 50, cursor }) {
      const limit = Math.min(Math.max(count, 1), 200);
      const after = cursor === undefined ? undefined : readCaseCursor(cursor);
      if (patientIds?.length === 0) return { cases: [], next: undefined };
      const rows = await selection()
        .$if(status !== undefined, (query) => query.where("status", "=", status ?? "open"))
        .$if(caseNumber !== undefined, (query) =>
          query.where("number_token", "in", exactTokens(scope, "case_view", "number", caseNumber ?? " ")),
        )
        .$if(patientIds !== undefined, (query) =>
          query.where(
            "subject",
            "in",
            (patientIds ?? []).map((id) => patientSubject(tenant, id)),
          ),
        )
        .$if(assignedTo !== undefined, (query) =>
          query.where("id", "in", (inner) =>
            inner
              .selectFrom("case_assignment")
              .select("case_id")
              .where("account_id", "=", assignedTo ?? ""),
          ),
        )
        .$if(after !== undefined, (query) =>
          query.where(sql<boolean>`(opened_at, id) < (${after?.openedAt}::timestamptz, ${after?.id}::text)`),
        )
        .orderBy("opened_at", "desc")
        .orderBy("id", "desc")
        .limit(limit + 1)
        .execute();
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        cases: (await Promise.all(page.map(unlessForgotten))).filter((one) => one !== undefined),
        next: rows.length > limit && last !== undefined ? writeCaseCursor(last.opened_at, last.id) : undefined,
      };
    },
    async byId(id) {
      const row = await selection().where("id", "=", id).executeTakeFirst();
      return row === undefined ? undefined : asCase(row);
    },
    async byAccess(caseNumber, accessCode) {
      const found = await opened(caseNumber, accessCode);
      return found === undefined ? undefined : asCase(found.row);
    },
    async spendAccess(caseNumber, accessCode, next) {
      const found = await opened(caseNumber, accessCode);
      if (found === undefined) return undefined;
      await putCodes(found.row, spendCode(found.codes, accessCode, next, scope.now()));
      return asCase(found.row);
    },
    async renewAccess(id, accessCode) {
      const row = await selection().where("id", "=", id).executeTakeFirst();
      if (row === undefined) throw new StoreError("not-found", "There is no such case.");
      await putCodes(row, { current: hashCode(accessCode) });
    },
    async close(id) {
      const result = await db
        .updateTable("case_view")
        .set({ status: "closed", closed_at: new Date(scope.now()) })
        .where("tenant", "=", tenant)
        .where("id", "=", id)
        .where("status", "=", "open")
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
    async assign(id, accountId) {
      await db
        .insertInto("case_assignment")
        .values({ case_id: id, account_id: accountId, assigned_at: new Date(scope.now()) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    async unassign(id, accountId) {
      await db.deleteFrom("case_assignment").where("case_id", "=", id).where("account_id", "=", accountId).execute();
    },
    async assignees(id) {
      const rows = await db.selectFrom("case_assignment").select("account_id").where("case_id", "=", id).execute();
      return rows.map((row) => row.account_id);
    },
    async assigneesOf(ids) {
      const found = new Map<string, string[]>();
      if (ids.length === 0) return found;
      const rows = await db
        .selectFrom("case_assignment")
        .selectAll()
        .where("case_id", "in", ids)
        .orderBy("assigned_at")
        .execute();
      for (const { case_id, account_id } of rows) found.set(case_id, [...(found.get(case_id) ?? []), account_id]);
      return found;
    },
    async hasOpenCase(accountId, patientId) {
      const row = await db
        .selectFrom("case_view")
        .innerJoin("case_assignment", "case_id", "id")
        .select(sql<number>`1`.as("one"))
        .where("tenant", "=", tenant)
        .where("subject", "=", patientSubject(tenant, patientId))
        .where("status", "=", "open")
        .where("account_id", "=", accountId)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}
