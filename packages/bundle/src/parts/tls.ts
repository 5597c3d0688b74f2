import type { Context } from "../context.ts";
import { file, lines } from "../file.ts";
import { places } from "../places.ts";
import type { Site } from "../site.ts";
import type { Part } from "../types.ts";
import { sandbox, unitFile } from "../unit-file.ts";

export const tlsGroup = "yizhan-tls";
const script = `${places.scripts}/certificate`;
const asking = `${places.scripts}/certificate-over-acme`;
const account = `${places.data}/acme-account`;
const acmeAuthority = `${places.etc}/acme-authority.pem`;

type AcmeSite = Extract<Site["tls"], { kind: "acme" }>;

/** Where services find the certificate and its key, whoever makes them. */
export function tlsPaths(site: Site): { readonly certificate: string; readonly key: string } {
  if (site.tls.kind === "files") return { certificate: site.tls.certificate, key: site.tls.key };
  return { certificate: `${places.tls}/certificate.pem`, key: `${places.tls}/key.pem` };
}

/** Certificates that renew themselves: from an authority on the host, or over ACME. Given files are only watched. */
export function tlsPart({ site }: Context): Part {
  const group = { groups: [{ name: tlsGroup }] };
  if (site.tls.kind === "files") {
    const { certificate, key } = site.tls;
    return {
      ...group,
      supplied: [
        { path: certificate, mode: 0o644, what: "certificate" },
        { path: key, mode: 0o640, what: "certificate-key" },
      ],
    };
  }
  const names = [...new Set(Object.values(site.names))];
  const acme = site.tls.kind === "acme" ? site.tls : undefined;
  const guarded = {
    ...sandbox,
    CapabilityBoundingSet: "CAP_CHOWN CAP_FOWNER CAP_DAC_OVERRIDE",
    SystemCallFilter: "@system-service",
    ReadWritePaths: [places.tls, ...(acme === undefined ? [] : [places.acme, account])],
  };
  return {
    ...group,
    packages: ["openssl", ...(acme === undefined ? [] : ["lego"])],
    ...(acme?.authority === undefined
      ? {}
      : { supplied: [{ path: acmeAuthority, from: acme.authority, mode: 0o444, what: "authority" } as const] }),
    directories: [
      { path: places.tls, mode: 0o750, owner: "root", group: tlsGroup },
      { path: places.acme, mode: 0o755, owner: "root", group: "root" },
      ...(acme === undefined ? [] : [{ path: account, mode: 0o700, owner: "root", group: "root" }]),
    ],
    files: [
      file(script, ownAuthority(names, acme === undefined ? lasting : provisional), { mode: 0o755 }),
      ...(acme === undefined ? [] : [file(asking, overAcme(names, acme), { mode: 0o755 })]),
      unitFile("yizhan-certificate.service", {
        Unit: {
          Description: "Sees to it that this station has a certificate",
          Before: "nginx.service coturn.service prosody.service",
        },
        // Active from then on: a second look at the host finds nothing to start.
        Service: { Type: "oneshot", RemainAfterExit: true, ExecStart: script, ...guarded },
        Install: { WantedBy: "multi-user.target" },
      }),
      unitFile("yizhan-certificate-renew.service", {
        Unit: {
          Description: "Looks whether the certificate of this station is to be renewed",
          ...(acme === undefined ? {} : { Wants: "network-online.target", After: "network-online.target nginx.service" }),
        },
        Service:
          acme === undefined
            ? { Type: "oneshot", ExecStart: "/usr/bin/systemctl restart yizhan-certificate.service" }
            : {
                Type: "oneshot",
                ExecStart: asking,
                TimeoutStartSec: "10min",
                // An authority takes five wrong answers an hour.
                Restart: "on-failure",
                RestartSec: "1h",
                ...guarded,
              },
      }),
      unitFile("yizhan-certificate-renew.timer", {
        Unit: { Description: "Looks every day whether the certificate is to be renewed" },
        Timer: { OnBootSec: "15min", OnCalendar: "*-*-* 03:40:00", RandomizedDelaySec: "1h", Persistent: true },
        Install: { WantedBy: "timers.target" },
      }),
    ],
    units: [
      { name: "yizhan-certificate.service", enable: true, start: true, restartWhen: [script], reload: false },
      { name: "yizhan-certificate-renew.timer", enable: true, start: true, restartWhen: [], reload: false },
    ],
    ...(acme === undefined ? {} : { afterwards: ["yizhan-certificate-renew.service"] }),
  };
}

interface Validity {
  /** Of a certificate that is made here. */
  readonly days: number;
  /** One that lasts no longer is made anew, in seconds. */
  readonly least: number;
}

/** A month is left for whoever has to help. */
const lasting: Validity = { days: 397, least: 2_592_000 };

/** Until an authority gives a real one; short, so that the alarm for one that runs out is heard while there is none. */
const provisional: Validity = { days: 13, least: 86_400 };

/** What both scripts know: whether a file serves for every name and lasts, and how a new one takes its place. */
const common = (names: readonly string[]) =>
  lines(`
    #!/bin/sh
    # A certificate for ${names.join(", ")}.
    set -eu
    umask 022
    cd ${places.tls}
    serves() {
      [ -s "$1" ] && openssl x509 -checkend "$2" -noout -in "$1" >/dev/null || return 1
      for name in ${names.map((name) => `'${name}'`).join(" ")}; do
        openssl x509 -noout -checkhost "$name" -in "$1" | grep -q 'does match' || return 1
      done
    }
    put() {
      chgrp ${tlsGroup} key.new
      chmod 0640 key.new
      chmod 0644 certificate.new
      mv key.new key.pem
      mv certificate.new certificate.pem
      for unit in nginx coturn prosody; do
        systemctl is-active --quiet "$unit" && systemctl --no-block reload-or-restart "$unit" || true
      done
    }
  `);

/** nginx answers the challenge, so it has to run. `renew` alone would keep the names that it once had. */
const overAcme = (names: readonly string[], { email, server, authority }: AcmeSite) =>
  `${common(names)}${lines(`
    issued='${account}/certificates/${names[0]}'
    ${authority === undefined ? "" : `export LEGO_CA_CERTIFICATES=${acmeAuthority}`}
    set -- --accept-tos --key-type ec256 --path ${account} --email '${email}' ${server === undefined ? "" : `--server '${server}' `}--http --http.webroot ${places.acme} ${names.map((name) => `--domains '${name}'`).join(" ")}
    if ! serves "$issued.crt" 2592000; then
      if serves "$issued.crt" 0; then lego "$@" renew --days 30; else lego "$@" run; fi
    fi
    if ! cmp -s "$issued.crt" certificate.pem; then
      install -m 0600 "$issued.key" key.new
      install -m 0644 "$issued.crt" certificate.new
      put
    fi
  `)}`;

const ownAuthority = (names: readonly string[], { days, least }: Validity) =>
  `${common(names)}${lines(`
    if serves certificate.pem ${least}; then
      exit 0
    fi
    if [ ! -s authority.key ]; then
      (umask 077 && openssl ecparam -name prime256v1 -genkey -noout -out authority.new)
      openssl req -x509 -new -key authority.new -sha256 -days 3650 -subj '/CN=Yizhan authority of ${(names[0] ?? "").slice(0, 40)}' \\
        -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' -out authority.pem
      chmod 0644 authority.pem
      mv authority.new authority.key
    fi
    (umask 077 && openssl ecparam -name prime256v1 -genkey -noout -out key.new)
    openssl req -new -key key.new -subj '/CN=station' -out request.new
    cat >extensions.new <<'END'
    basicConstraints=critical,CA:FALSE
    keyUsage=critical,digitalSignature
    extendedKeyUsage=serverAuth
    subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}
    END
    openssl x509 -req -in request.new -CA authority.pem -CAkey authority.key -CAcreateserial -days ${days} -sha256 \\
      -extfile extensions.new -out leaf.new 2>/dev/null
    cat leaf.new authority.pem >certificate.new
    put
    rm -f request.new extensions.new leaf.new
  `)}`;
