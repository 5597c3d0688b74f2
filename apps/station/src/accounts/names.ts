import type { Accounts } from "@yizhan/store";

/** The staff's names by account id. A station has tens of accounts, not thousands. */
export async function accountNames(accounts: Accounts): Promise<ReadonlyMap<string, string>> {
  return new Map((await accounts.list()).map(({ id, name }) => [id, name]));
}
