import type { Context } from "../context.ts";
import { file, lines } from "../file.ts";
import { handedToMachine, machineName } from "../machines.ts";
import { places, ports } from "../places.ts";
import type { Part, Supplied } from "../types.ts";
import { nginxGround, nginxPath, tlsSettings } from "./nginx.ts";

/** TLS in front of a machine that hears, with the certificate that its station made. Its logs name no conference. */
export function machineDoorPart({ region, site }: Context): Part {
  const { certificate, key, token } = handedToMachine;
  const text = lines(`
    # ${region.code}: a machine that hears
    user www-data;
    worker_processes auto;
    pid /run/nginx.pid;
    # Requests are written into messages of lesser weight.
    error_log /var/log/nginx/error.log crit;

    events {
      worker_connections 4096;
    }

    http {
      default_type application/octet-stream;
      server_tokens off;
      client_header_timeout 15s;
      client_body_timeout 60s;
      client_max_body_size 1m;
      log_format plain '$time_iso8601 $request_method $status $request_length $bytes_sent $request_time';
      access_log /var/log/nginx/access.log plain buffer=16k flush=10s;

      ssl_certificate ${certificate};
      ssl_certificate_key ${key};
${tlsSettings.replaceAll(/^(?=.)/gm, "      ")}
      map $http_upgrade $connection_upgrade {
        default upgrade;
        '' '';
      }

      server {
        listen ${ports.machine} ssl default_server;
        listen [::]:${ports.machine} ssl default_server;
        ssl_reject_handshake on;
      }
      server {
        listen ${ports.machine} ssl;
        listen [::]:${ports.machine} ssl;
        server_name ${machineName(site)};
        location / {
          proxy_http_version 1.1;
          proxy_set_header Host $host;
          proxy_set_header Upgrade $http_upgrade;
          proxy_set_header Connection $connection_upgrade;
          proxy_connect_timeout 5s;
          # A conference may be silent for long; the station looks by itself whether this machine is there.
          proxy_read_timeout 1h;
          proxy_send_timeout 1h;
          proxy_buffering off;
          proxy_request_buffering off;
          proxy_max_temp_file_size 0;
          proxy_next_upstream off;
          proxy_pass http://127.0.0.1:${ports.speech};
        }
      }
    }
  `);
  const handed = (path: string, mode: number, what: Supplied["what"]): Supplied => ({ path, mode, what });
  const ground = nginxGround({ After: "network-online.target" }, [nginxPath, certificate, key]);
  return {
    ...ground,
    directories: [{ path: places.machines, mode: 0o755, owner: "root", group: "root" }],
    supplied: [
      handed(token, 0o400, "speech-token"),
      handed(certificate, 0o444, "certificate"),
      handed(key, 0o400, "certificate-key"),
    ],
    files: [file(nginxPath, text), ...ground.files],
  };
}
