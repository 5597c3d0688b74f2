import type { Context } from "../context.ts";
import { file, lines } from "../file.ts";
import { places } from "../places.ts";
import type { Site } from "../site.ts";
import type { Part } from "../types.ts";
import { sandbox, unitFile } from "../unit-file.ts";

export const tlsGroup = "yizhan-tls";
const script = `${places.scripts}/certificate`;
const lego = `${places.data}/acme-account`;

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
  const email = site.tls.kind === "acme" ? site.tls.email : undefined;
  return {
    ...group,
    packages: ["openssl", ...(email === undefined ? [] : ["lego"])],
    directories: [
      { path: places.tls, mode: 0o750, owner: "root", group: tlsGroup },
      { path: places.acme, mode: 0o755, owner: "root", group: "root" },
      { path: lego, mode: 0o700, owner: "root", group: "root" },
    ],
    files: [
      file(script, `${beginning(names)}${email === undefined ? "" : overAcme(names, email)}${ownAuthority(names)}`, {
        mode: 0o755,
      }),
      unitFile("yizhan-certificate.service", {
        Unit: {
          Description: "Makes or renews the certificate of this station",
          Before: "nginx.service coturn.service prosody.service",
        },
        Service: {
          Type: "oneshot",
          // Active from then on: a second look at the host finds nothing to start.
          RemainAfterExit: true,
          ExecStart: script,
          ...sandbox,
          CapabilityBoundingSet: "CAP_CHOWN CAP_FOWNER CAP_DAC_OVERRIDE",
          SystemCallFilter: "@system-service",
          ReadWritePaths: [places.tls, places.acme, lego],
        },
        Install: { WantedBy: "multi-user.target" },
      }),
      unitFile("yizhan-certificate-renew.service", {
        Unit: { Description: "Looks whether the certificate of this station is to be renewed" },
        Service: { Type: "oneshot", ExecStart: "/usr/bin/systemctl restart yizhan-certificate.service" },
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
  };
}

/** A month is left for whoever has to help. */
const beginning = (names: readonly string[]) =>
  lines(`
    #!/bin/sh
    # A certificate for ${names.join(", ")}.
    set -eu
    umask 027
    cd ${places.tls}
    if [ -s certificate.pem ] && [ ! -e provisional ] && openssl x509 -checkend 2592000 -noout -in certificate.pem >/dev/null; then
      exit 0
    fi
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

/** nginx answers the challenge, so it has to run first: until then a provisional certificate of our own serves. */
const overAcme = (names: readonly string[], email: string) =>
  lines(`
    if [ -s certificate.pem ]; then
      set -- --accept-tos --key-type ec256 --path ${lego} --email '${email}' --http --http.webroot ${places.acme} ${names.map((name) => `--domains '${name}'`).join(" ")}
      if [ -s '${lego}/certificates/${names[0]}.crt' ]; then lego "$@" renew --days 30; else lego "$@" run; fi
      cp '${lego}/certificates/${names[0]}.key' key.new
      cp '${lego}/certificates/${names[0]}.crt' certificate.new
      put
      rm -f provisional
      exit 0
    fi
    : >provisional
  `);

const ownAuthority = (names: readonly string[]) =>
  lines(`
    if [ ! -s authority.key ]; then
      openssl ecparam -name prime256v1 -genkey -noout -out authority.new
      chmod 0600 authority.new
      openssl req -x509 -new -key authority.new -sha256 -days 3650 -subj '/CN=Yizhan authority of ${(names[0] ?? "").slice(0, 40)}' \\
        -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' -out authority.pem
      chmod 0644 authority.pem
      mv authority.new authority.key
    fi
    openssl ecparam -name prime256v1 -genkey -noout -out key.new
    openssl req -new -key key.new -subj '/CN=station' -out request.new
    cat >extensions.new <<'END'
    basicConstraints=critical,CA:FALSE
    keyUsage=critical,digitalSignature
    extendedKeyUsage=serverAuth
    subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}
    END
    openssl x509 -req -in request.new -CA authority.pem -CAkey authority.key -CAcreateserial -days 397 -sha256 \\
      -extfile extensions.new -out leaf.new 2>/dev/null
    cat leaf.new authority.pem >certificate.new
    put
    rm -f request.new extensions.new leaf.new
  `);
