import type { Vault } from "@yizhan/vault";
import type { Kysely } from "kysely";
import type { Tables } from "./database/tables.ts";
import type { SealedFiles } from "./files/sealed-files.ts";
import type { ResourceRows } from "./resources/rows.ts";
import type { CurrentRow } from "./resources/current-rows.ts";
import type { NewPatients } from "./resources/new-patients.ts";
import type { RowNumbers } from "./resources/row-numbers.ts";

/** What every repository works with: one handle (a transaction's or the pool's), one tenant. */
export interface Scope {
  readonly db: Kysely<Tables>;
  readonly vault: Vault;
  readonly tenant: string;
  readonly rowNumbers: RowNumbers;
  readonly newPatients: NewPatients;
  /** Writes entries of the audit log and the rows they speak of as one: now, or with the transaction. */
  readonly log: (entries: readonly Uint8Array[], rows?: ResourceRows) => Promise<void>;
  /** Reads a current row together with what others ask for at the same moment; absent in a transaction. */
  readonly currentRow?: CurrentRow | undefined;
  /** Files too large for a row, where the store has a folder for them. */
  readonly files?: SealedFiles | undefined;
  /** Milliseconds since 1970; a parameter so that tests decide the time. */
  readonly now: () => number;
}
