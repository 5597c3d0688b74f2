import { paths } from "./paths.ts";

/**
 * The archive's first member, a POSIX shell script: it needs nothing but what every Debian has (coreutils, gzip, tar). Where an
 * installer is there already, that one judges the archive; on an empty host it brings Node and the installer, whose sums it holds.
 */
export function bootstrap(node: string, installer: string): string {
  return `#!/bin/sh
# Yizhan: installs from the archive that this came in.
#   sh yizhan-host apply --archive mz.yizhan --fingerprint XXXX-…
#   sh yizhan-host preflight --archive mz.yizhan --fingerprint XXXX-…
set -eu
node_sum=${node}
installer_sum=${installer}
installed=${paths.command}
[ -x "$installed" ] && [ -x ${paths.current}/bin/node ] && exec "$installed" "$@"

stop() { printf 'yizhan-host: %s\\n' "$*" >&2; exit "$code"; }
code=3
[ "$(id -u)" = 0 ] || stop "run it as root."
archive= next=
for word in "$@"; do
  [ "$next" = archive ] && archive=$word
  next=
  [ "$word" = --archive ] && next=archive
done
part() {
  if [ -n "$archive" ]; then tar -xOf "$archive" "parts/$1"; else cat "${paths.parts}/$1"; fi
}
code=20
umask 077
boot=${paths.boot}/$installer_sum-$node_sum
if [ ! -f "$boot/ready" ]; then
  rm -rf "$boot"
  mkdir -p "$boot/bin"
  part "$node_sum" >"$boot/node.gz" && part "$installer_sum" >"$boot/installer.tar.gz" || stop "the archive is cut short, or the disk is full."
  code=7
  (cd "$boot" && printf '%s  node.gz\\n%s  installer.tar.gz\\n' "$node_sum" "$installer_sum" | sha256sum --check --quiet -) ||
    stop "the archive is not what it was when it was made. Copy it again."
  code=20
  gzip -dc "$boot/node.gz" >"$boot/bin/node" && chmod 700 "$boot/bin/node" && tar -xzf "$boot/installer.tar.gz" -C "$boot" ||
    stop "the disk is full."
  rm "$boot/node.gz" "$boot/installer.tar.gz"
  : >"$boot/ready"
fi
exec "$boot/bin/node" --disable-warning=ExperimentalWarning "$boot/infra/host/src/main.ts" "$@"
`;
}
