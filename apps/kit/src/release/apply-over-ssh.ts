import { hostPaths } from "@yizhan/host";
import { type HostEvent, quoted, runInstaller, type VerbAnswer } from "../fleet/host-verb.ts";
import { openHost, type SshTarget } from "../fleet/ssh.ts";
import { pushArchive, type PushOptions } from "./push.ts";

export interface ApplyOverSshOptions extends PushOptions {
  /** Of the key that signed the archive. */
  readonly fingerprint: string;
  /** This machine's clock, to compare with the host's; milliseconds. */
  readonly now?: () => number;
  readonly onEvent?: (event: HostEvent) => void;
}

/** The line that makes a host what its inbox says; the same for a first and for every later time. */
export function applyLine(fingerprint: string, now?: number): string {
  const clock = now === undefined ? "" : ` --now ${Math.round(now)}`;
  return `sh ${hostPaths.inbox}/yizhan-host apply --inbox --fingerprint ${quoted(fingerprint)}${clock} --json`;
}

/** Sends an archive to a host and has it applied. Throws what pushing throws, and InstallerError with the host's own code. */
export async function pushAndApply(target: SshTarget, archive: string, options: ApplyOverSshOptions): Promise<VerbAnswer> {
  const host = await openHost(target);
  try {
    await pushArchive(host, archive, options);
    return await runInstaller(host, applyLine(options.fingerprint, (options.now ?? Date.now)()), {
      ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } finally {
    await host.close();
  }
}
