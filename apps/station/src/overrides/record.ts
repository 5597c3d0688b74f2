import { createHash } from "node:crypto";
import type { Override } from "@yizhan/region";
import type { Store } from "@yizhan/store";
import { note } from "../audit/note.ts";

const setting = "residency-overrides";

/** Puts each override of the residency rules into the audit log once: who answers for it, why, until when. */
export async function recordOverrides(store: Store, overrides: readonly Override[]): Promise<void> {
  if (overrides.length === 0) return;
  await store.transaction(async (tx) => {
    await tx.lock(setting);
    const known = new Set((await tx.settings.get<string[]>(setting))?.value ?? []);
    const fresh = overrides.filter((one) => !known.has(nameOf(one)));
    for (const { flow, by, reason, until } of fresh) {
      await note(store, tx, {
        action: "residency.override",
        actor: `operator/${by}`,
        detail: `${flow} until ${until}: ${reason}`,
      });
    }
    if (fresh.length > 0) await tx.settings.put(setting, [...known, ...fresh.map(nameOf)]);
  });
}

function nameOf({ flow, by, reason, until }: Override): string {
  return createHash("sha256")
    .update(JSON.stringify([flow, by, reason, until]))
    .digest("base64url");
}
