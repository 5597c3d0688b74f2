import type { Context } from "../context.ts";
import { jsonFile } from "../file.ts";
import { handing, nodeEnvironment } from "../node-service.ts";
import { places } from "../places.ts";
import type { Part } from "../types.ts";
import { sandbox, unitFile } from "../unit-file.ts";
import { serverConfig, serverCredentials } from "./server.ts";

const unit = "yizhan-restore";
/** What is to be restored, as the installer writes it, and what the program answered. */
const request = `${places.data}/host/restore/request.json`;
const answer = `${places.data}/host/restore/answer`;

/** Brings a station or the hub back from a sealed backup: started by `yizhan-host restore` alone, with the service stopped. */
export function restorePart(context: Context): Part {
  const app = context.region.role;
  const user = `yizhan-${app}`;
  const configuration = `${places.etc}/restore.json`;
  const program = `${places.node} --disable-warning=ExperimentalWarning ${places.release}/apps/${app}/src/backup/main.ts`;
  return {
    files: [
      jsonFile(configuration, serverConfig(context, unit)),
      unitFile(`${unit}.service`, {
        Unit: {
          Description: `Brings ${context.region.code} back from a sealed backup`,
          After: "postgresql@15-main.service postgresql@15-keys.service",
          Conflicts: `${user}.service yizhan-backup.service`,
        },
        Service: {
          Type: "oneshot",
          User: user,
          Group: user,
          ...sandbox,
          WorkingDirectory: places.release,
          Environment: nodeEnvironment(unit),
          LoadCredential: [...handing({ config: configuration, ...serverCredentials(context) }), `request:${request}`],
          ExecStart: `/bin/sh -c 'exec ${program} "$$(cat "$$CREDENTIALS_DIRECTORY/request")"'`,
          StandardOutput: `truncate:${answer}`,
          MemoryMax: "1G",
          TimeoutStartSec: "6h",
          ReadWritePaths: `${places.data}/${app}`,
        },
      }),
    ],
  };
}
