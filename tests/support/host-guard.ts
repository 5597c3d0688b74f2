import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";

/** Clears away what was made for one host. */
export interface HostGuard {
  /** Says which machine runs now: the process of its nspawn. */
  machine(pid: number): void;
  /** Clears away now. Throws when something stays. */
  clear(): Promise<void>;
}

/**
 * A process that outlives the test's own and ends one host when the pipe between them closes, however that came about:
 * a killed run leaves no machine, mount, link or folder. It touches nothing but what carries this host's name.
 */
export function guardHost(host: {
  readonly name: string;
  readonly device: string;
  readonly claim: string;
  readonly work: string;
}): HostGuard {
  const guard = spawn("sh", ["-c", watch, "host-guard", host.name, host.device, host.claim, host.work], {
    detached: true,
    stdio: ["pipe", "ignore", "inherit"],
  });
  const ended = once(guard, "exit");
  guard.unref();
  // Node's pipes are sockets: an idle one does not keep the test's process alive.
  (guard.stdin as Socket).unref();
  return {
    machine: (pid) => void guard.stdin.write(`${pid}\n`),
    async clear() {
      guard.ref();
      guard.stdin.end();
      const [code] = await ended;
      if (code !== 0) throw new Error(`${host.name} was not cleared away: ${host.work}`);
    },
  };
}

const watch = `
name=$1 device=$2 claim=$3 work=$4 machine=
trap '' HUP INT TERM
while read -r pid; do machine=$pid; done
# The number may be somebody else's by now: only a machine of this name is ended, and its first process with it.
if [ -n "$machine" ] && tr '\\0' '\\n' 2>/dev/null <"/proc/$machine/cmdline" | grep -qx -- "--machine=$name"; then
  leader=$(cut -d ' ' -f 1 "/proc/$machine/task/$machine/children")
  kill -9 "$machine" $leader
  for pid in $machine $leader; do tail --pid="$pid" -f /dev/null; done
fi
ip link delete "$device" 2>/dev/null
for left in "/run/systemd/nspawn/propagate/$name" "/run/systemd/nspawn/unix-export/$name"; do
  umount -l "$left" 2>/dev/null
  rm -rf --one-file-system "$left"
done
for mounted in "$work/root" "$work/disk"; do
  if mountpoint -q "$mounted"; then umount "$mounted" || umount -l "$mounted"; fi
done
rm -rf --one-file-system "$work" && rmdir "$claim"
`;
