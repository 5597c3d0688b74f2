import { stationConfigSchema } from "../../apps/station/src/config.ts";
import { openStorage } from "../../apps/station/src/storage.ts";

/** What it is told. */
export interface ForgetOrder {
  readonly patient: string;
}

/** A process that opens a station's storage, says so, and forgets the patients it is told, one by one. */
const storage = await openStorage(stationConfigSchema.parse(JSON.parse(process.argv[2] ?? "")));
process.on("message", ({ patient }: ForgetOrder) => {
  storage.store.forget(patient).then(
    () => process.send?.("done"),
    (error: unknown) => {
      throw error;
    },
  );
});
process.on("disconnect", () => process.exit(0));
process.send?.("open");
