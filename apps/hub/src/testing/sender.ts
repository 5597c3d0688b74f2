import type { Invitation } from "@yizhan/federation";
import type { DatabaseOptions } from "@yizhan/store";
import { identityFromSecret } from "@yizhan/vault";
import { testStation } from "./station.ts";

/** What a sender process is told; it then opens cases one by one and says so after each commit, until it is killed. */
export interface SenderOrder {
  readonly database: DatabaseOptions;
  readonly keys: DatabaseOptions;
  /** Secret form of the identity, base64. */
  readonly identity: string;
  readonly invitation: Invitation;
}

process.once("message", (order: SenderOrder) => {
  run(order).catch((error: unknown) => {
    process.exitCode = 1;
    throw error;
  });
});
process.on("disconnect", () => process.exit(0));

async function run({ database, keys, identity, invitation }: SenderOrder): Promise<void> {
  const secret = new Uint8Array(Buffer.from(identity, "base64"));
  const station = await testStation({ database, keys, identity: identityFromSecret(secret) });
  const { agent } = station.start({ invitation });
  for (;;) {
    await station.openCases(1);
    agent.notify();
    process.send?.("committed");
  }
}
