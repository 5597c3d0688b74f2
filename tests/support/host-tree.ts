import { join } from "node:path";
import { run } from "./command.ts";
import { root } from "./local.ts";

/** Where trees and downloaded packages stay between runs. */
export const hostsFolder = join(root, ".yizhan/test-hosts");

/**
 * An installed but never booted Debian, as small as an empty rented server: made once by debootstrap
 * through this machine's own package settings, kept, and used by every test host as its lower layer.
 */
export async function debianTree(): Promise<string> {
  const tree = join(hostsFolder, "bookworm-3");
  await run("mkdir", "-p", join(hostsFolder, "cache"));
  // A systemd takes some forty watchers; the kernel's default is enough for three machines beside this one's own.
  await run(
    "sh",
    "-c",
    "[ $(cat /proc/sys/fs/inotify/max_user_instances) -ge 1024 ] || sysctl -qw fs.inotify.max_user_instances=1024",
  );
  await run("flock", join(hostsFolder, ".lock"), "sh", "-euc", make, "make-tree", tree, join(hostsFolder, "cache"));
  return tree;
}

const make = `
tree=$1
[ -d "$tree" ] && exit 0
rm -rf "$tree.partial"
mirror=$(sed -n 's/^\\(URIs: \\|deb \\)\\(https\\?:[^ ]*debian\\)[ /]*.*$/\\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
debootstrap --cache-dir="$2" --variant=minbase \\
  --include=systemd,systemd-sysv,dbus,openssh-server,iproute2,ca-certificates \\
  bookworm "$tree.partial" $mirror
cd "$tree.partial"
# Each host makes its own.
rm -f etc/ssh/ssh_host_* etc/machine-id var/cache/apt/archives/*.deb
systemctl --root="$tree.partial" enable systemd-networkd ssh.service
systemctl --root="$tree.partial" disable ssh.socket
cat >etc/systemd/system/booted.service <<'END'
[Unit]
After=ssh.service systemd-networkd.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo booted >/run-booted'
[Install]
WantedBy=multi-user.target
END
systemctl --root="$tree.partial" enable booted
systemctl --root="$tree.partial" mask systemd-firstboot systemd-networkd-wait-online apt-daily.timer apt-daily-upgrade.timer
mv "$tree.partial" "$tree"
`;
