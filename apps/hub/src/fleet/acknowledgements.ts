import { Problem } from "@yizhan/http";
import type { CheckpointStore, HeldCheckpoint, Store, Transaction } from "@yizhan/store";
import { note } from "../audit.ts";
import type { HubActor } from "../env.ts";

/** Somebody answers for an audit log that is shorter, or another, than it was. */
export interface Acknowledgement {
  /** The checkpoint that it is about, and no later one. */
  readonly checkpoint: number;
  readonly by: { readonly id: string; readonly name: string };
  readonly at: string;
  readonly reason: string;
  readonly takenBack?: { readonly by: string; readonly at: string };
}

export interface Acknowledgements {
  /** What stands about a checkpoint; undefined where nobody acknowledged it, or it was taken back. */
  of(held: Pick<HeldCheckpoint, "node" | "id">): Promise<Acknowledgement | undefined>;
  /** Throws 409 where that checkpoint is not the newest, contradicts nothing, or is acknowledged already. */
  give(actor: HubActor | undefined, about: About, reason: string): Promise<void>;
  /** Throws 409 where nothing stands. */
  takeBack(actor: HubActor | undefined, about: About): Promise<void>;
}

interface About {
  readonly node: string;
  readonly checkpoint: number;
}

/** Kept of one station, taken back or not; the audit log has all. */
const kept = 50;

/** Over the hub's store: sealed, for a reason may name people. Each change is in the audit log before it is answered. */
export function openAcknowledgements(store: Store, checkpoints: CheckpointStore): Acknowledgements {
  const nameOf = (node: string) => `fleet-acknowledgements/${node}`;

  async function change(
    actor: HubActor | undefined,
    { node, checkpoint }: About,
    action: string,
    work: (list: readonly Acknowledgement[], by: Acknowledgement["by"], at: string) => readonly Acknowledgement[],
  ): Promise<void> {
    const account = actor === undefined ? undefined : await store.direct().accounts.byId(actor.accountId);
    if (actor === undefined || account === undefined) throw new Problem(401, "signed-out");
    const newest = (await checkpoints.of(node)).at(-1);
    if (newest?.id !== checkpoint || newest.contradicts === undefined) throw new Problem(409, "conflict");
    await store.transaction(async (tx: Transaction) => {
      await tx.lock(nameOf(node));
      const before = await tx.settings.get<readonly Acknowledgement[]>(nameOf(node));
      const by = { id: account.id, name: account.name };
      const list = work(before?.value ?? [], by, new Date().toISOString());
      await tx.settings.put(nameOf(node), list.slice(-kept), before?.version ?? 0);
      note(tx, { action, account: actor.accountId, detail: `${node}:${checkpoint}` });
    });
  }

  const stands = (checkpoint: number) => (one: Acknowledgement) => one.checkpoint === checkpoint && one.takenBack === undefined;

  return {
    async of({ node, id }) {
      const setting = await store.direct().settings.get<readonly Acknowledgement[]>(nameOf(node));
      return setting?.value.find(stands(id));
    },
    give: (actor, about, reason) =>
      change(actor, about, "fleet.audit-acknowledge", (list, by, at) => {
        if (list.some(stands(about.checkpoint))) throw new Problem(409, "conflict");
        return [...list, { checkpoint: about.checkpoint, by, at, reason }];
      }),
    takeBack: (actor, about) =>
      change(actor, about, "fleet.audit-take-back", (list, by, at) => {
        if (!list.some(stands(about.checkpoint))) throw new Problem(409, "conflict");
        return list.map((one) => (stands(about.checkpoint)(one) ? { ...one, takenBack: { by: by.id, at } } : one));
      }),
  };
}
