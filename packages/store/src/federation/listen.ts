import { Client } from "pg";
import { cleaned } from "../database/clean.ts";
import { outboxChannel } from "./outbox.ts";

export interface OutboxListener {
  close(): Promise<void>;
}

/**
 * Tells of each commit that wrote to the outbox, in whatever process it was made: where several station
 * processes share a PostgreSQL server, one of them seals and sends. `lost` is called when the connection
 * breaks; the caller listens again, and looks for what was written meanwhile.
 */
export async function listenToOutbox(url: string, written: () => void, lost: () => void): Promise<OutboxListener> {
  const client = new Client({ connectionString: url, application_name: "yizhan outbox" });
  let closing = false;
  client.on("notification", written);
  client.on("error", () => undefined);
  client.on("end", () => {
    if (!closing) lost();
  });
  await cleaned(async () => {
    await client.connect();
    await client.query(`listen ${outboxChannel}`);
  });
  return {
    async close() {
      closing = true;
      await cleaned(() => client.end());
    },
  };
}
