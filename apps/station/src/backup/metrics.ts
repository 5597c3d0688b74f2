import { type BackupStatus, readBackupStatus } from "@yizhan/store";
import { Gauge, type Registry } from "prom-client";

/** Gives the station's figures the times at which it was last backed up, and its backup last restored in a test; 0 for never. */
export function backupMetrics(registry: Registry, data: string): void {
  const gauge = (name: string, help: string, at: (status: BackupStatus) => string | undefined) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const time = at(await readBackupStatus(data));
        this.set(time === undefined ? 0 : Date.parse(time) / 1_000);
      },
    });
  gauge("yizhan_backup_last_success_timestamp_seconds", "When a backup was last written whole", (status) => status.backup?.at);
  gauge(
    "yizhan_restore_test_last_success_timestamp_seconds",
    "When a backup was last restored to a scratch place and found whole",
    (status) => status.restoreTest?.at,
  );
}
