import type { Context } from "../context.ts";
import { file, lines } from "../file.ts";
import type { Part } from "../types.ts";

const sshd = "/etc/ssh/sshd_config.d/10-yizhan.conf";
const journal = "/etc/systemd/journald.conf.d/yizhan.conf";
const kernel = "/etc/sysctl.d/60-yizhan.conf";

/** The host itself: sign-in by key only, a journal that does not fill the disk, quiet kernel settings, a right clock. */
export function systemPart({ site, size }: Context): Part {
  const bySsh = site.target.kind === "debian";
  const online = site.updates === "automatic";
  return {
    packages: [
      "systemd-timesyncd",
      "logrotate",
      "cron",
      ...(bySsh ? ["openssh-server"] : []),
      ...(online ? ["unattended-upgrades"] : []),
    ],
    files: [
      ...(bySsh ? [file(sshd, sshSettings)] : []),
      file(
        journal,
        lines(`
          [Journal]
          Storage=persistent
          SystemMaxUse=${size.journal}M
          SystemKeepFree=1G
          MaxRetentionSec=90day
          RateLimitIntervalSec=30s
          RateLimitBurst=5000
          ForwardToSyslog=no
        `),
      ),
      file(kernel, kernelSettings),
      // A memory image holds what people said: it is never written.
      file("/etc/security/limits.d/yizhan.conf", "* hard core 0"),
      file("/etc/systemd/coredump.conf.d/yizhan.conf", "[Coredump]\nStorage=none\nProcessSizeMax=0"),
      file("/etc/systemd/system.conf.d/yizhan.conf", "[Manager]\nDumpCore=no\nDefaultLimitCORE=0"),
      file("/etc/apt/apt.conf.d/60yizhan", online ? automatic : byBundle),
    ],
    units: [
      { name: "systemd-timesyncd.service", enable: true, start: true, restartWhen: [], reload: false },
      { name: "systemd-journald.service", enable: false, start: true, restartWhen: [journal], reload: false },
      // Of one shot and once done active: it puts the kernel settings in.
      { name: "systemd-sysctl.service", enable: false, start: true, restartWhen: [kernel], reload: false },
      ...(bySsh ? [{ name: "ssh.service", enable: true, start: true, restartWhen: [sshd], reload: true }] : []),
    ],
  };
}

const sshSettings = lines(`
  # Read before Debian's own settings: the first word counts.
  PasswordAuthentication no
  KbdInteractiveAuthentication no
  PermitRootLogin prohibit-password
  PermitEmptyPasswords no
  X11Forwarding no
  AllowAgentForwarding no
  AllowTcpForwarding no
  PermitTunnel no
  MaxAuthTries 4
  MaxStartups 10:30:60
  LoginGraceTime 30
  ClientAliveInterval 30
  ClientAliveCountMax 6
  KexAlgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org
  Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com
  MACs hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com
`);

const kernelSettings = lines(`
  kernel.dmesg_restrict = 1
  kernel.kptr_restrict = 2
  kernel.yama.ptrace_scope = 2
  kernel.unprivileged_bpf_disabled = 1
  fs.suid_dumpable = 0
  fs.protected_symlinks = 1
  fs.protected_hardlinks = 1
  net.ipv4.tcp_syncookies = 1
  net.ipv4.conf.all.rp_filter = 2
  net.ipv4.conf.all.accept_redirects = 0
  net.ipv4.conf.all.send_redirects = 0
  net.ipv4.conf.all.accept_source_route = 0
  net.ipv6.conf.all.accept_redirects = 0
  # Sound and picture wait in these buffers, and large ones lose fewer packets.
  net.core.rmem_max = 10485760
  net.core.wmem_max = 10485760
`);

const automatic = lines(`
  // Debian's security updates by themselves, at night; a new kernel waits for whoever restarts the machine.
  APT::Periodic::Update-Package-Lists "1";
  APT::Periodic::Unattended-Upgrade "1";
  Unattended-Upgrade::Origins-Pattern { "origin=Debian,codename=\${distro_codename}-security,label=Debian-Security"; };
  Unattended-Upgrade::Automatic-Reboot "false";
  Unattended-Upgrade::Remove-Unused-Dependencies "false";
`);

const byBundle = lines(`
  // No internet: updates come with the next signed bundle.
  APT::Periodic::Enable "0";
`);
