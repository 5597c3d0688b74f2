import type { Context } from "../context.ts";
import { file, lines } from "../file.ts";
import { machineName, madeForMachines } from "../machines.ts";
import { places } from "../places.ts";
import type { Part } from "../types.ts";
import { sandbox, unitFile } from "../unit-file.ts";

const script = `${places.scripts}/machine-certificate`;

/**
 * A certificate of the station's own that its further machines show to it: the station takes this one and no other. Made once,
 * here; the operator's kit brings it and its key to the machines.
 */
export function machineKeyPart({ site }: Context): Part | undefined {
  if (site.machines === undefined) return undefined;
  const { certificate, key } = madeForMachines;
  const text = lines(`
    #!/bin/sh
    # The certificate that the further machines of this station show to it.
    set -eu
    umask 077
    if [ -s ${certificate} ] && [ -s ${key} ] && openssl x509 -in ${certificate} -noout -checkend 7776000 >/dev/null; then
      exit 0
    fi
    openssl ecparam -name prime256v1 -genkey -noout -out ${key}.new
    openssl req -x509 -new -key ${key}.new -sha256 -days 3650 -subj '/CN=machine' \\
      -addext 'subjectAltName=DNS:${machineName(site)}' -addext 'extendedKeyUsage=serverAuth' -out ${certificate}.new
    chmod 0644 ${certificate}.new
    mv ${key}.new ${key}
    mv ${certificate}.new ${certificate}
  `);
  return {
    packages: ["openssl"],
    directories: [{ path: places.machines, mode: 0o755, owner: "root", group: "root" }],
    files: [
      file(script, text, { mode: 0o755 }),
      unitFile("yizhan-machine-certificate.service", {
        Unit: {
          Description: "Makes the certificate that further machines show to this station",
          Before: "yizhan-speech.service",
        },
        Service: {
          Type: "oneshot",
          RemainAfterExit: true,
          ExecStart: script,
          ...sandbox,
          ReadWritePaths: [places.machines, places.secrets],
        },
        Install: { WantedBy: "multi-user.target" },
      }),
    ],
    units: [{ name: "yizhan-machine-certificate.service", enable: true, start: true, restartWhen: [script], reload: false }],
  };
}
