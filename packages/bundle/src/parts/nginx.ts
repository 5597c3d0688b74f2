import type { Context } from "../context.ts";
import { file, lines } from "../file.ts";
import { places, ports } from "../places.ts";
import type { Part } from "../types.ts";
import { dropIn, type Section } from "../unit-file.ts";
import { meetServer } from "./nginx-meet.ts";
import { tlsGroup, tlsPaths } from "./tls.ts";

export const nginxPath = "/etc/nginx/nginx.conf";

export const tlsSettings = lines(`
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;
  ssl_prefer_server_ciphers off;
  ssl_session_cache shared:tls:10m;
  ssl_session_timeout 1d;
  ssl_session_tickets off;
`);

/** TLS in front of the station (and of Jitsi). Logs hold no address of a page and of nobody: a path may name a case. */
export function nginxPart(context: Context): Part {
  const { region, site } = context;
  const { certificate, key } = tlsPaths(site);
  const text = [
    lines(`
      # ${region.code} ${region.role}
      user www-data;
      worker_processes auto;
      worker_rlimit_nofile 16384;
      pid /run/nginx.pid;
      # Requests are written into messages of lesser weight.
      error_log /var/log/nginx/error.log crit;

      events {
        worker_connections 4096;
      }

      http {
        include /etc/nginx/mime.types;
        default_type application/octet-stream;
        charset utf-8;
        server_tokens off;
        sendfile on;
        tcp_nopush on;
        keepalive_timeout 65s;
        client_header_timeout 15s;
        client_body_timeout 60s;
        send_timeout 60s;
        reset_timedout_connection on;
        client_max_body_size 64m;
        large_client_header_buffers 4 8k;

        # When, what kind, what came of it, how big, how long: neither who nor which page.
        map $uri $part {
          default page;
          ~^/api/ api;
          ~^/fhir/ fhir;
          ~^/federation/ federation;
          ~^/(assets|libs|css|images|lang|sounds|static|fonts)/ file;
          ~^/(http-bind|xmpp-websocket|colibri-ws) call;
        }
        log_format plain '$time_iso8601 $server_name $part $request_method $status $request_length $bytes_sent $request_time';
        access_log /var/log/nginx/access.log plain buffer=16k flush=10s;

        gzip on;
        gzip_vary on;
        gzip_min_length 1024;
        gzip_types text/css text/javascript application/javascript image/svg+xml;

        ssl_certificate ${certificate};
        ssl_certificate_key ${key};
${tlsSettings.replaceAll(/^(?=.)/gm, "        ")}
        # A whole clinic may stand behind one address.
        limit_req_zone $binary_remote_addr zone=all:10m rate=50r/s;
        limit_req_zone $binary_remote_addr zone=doors:10m rate=2r/s;
        limit_conn_zone $binary_remote_addr zone=open:10m;
        limit_req_status 429;
        limit_conn_status 429;
        limit_req_log_level info;
        limit_conn_log_level info;

        map $http_upgrade $connection_upgrade {
          default upgrade;
          '' '';
        }

        upstream node {
          server 127.0.0.1:${ports[region.role]};
          keepalive 16;
        }

        server {
          listen 80 default_server;
          listen [::]:80 default_server;
          location /.well-known/acme-challenge/ {
            root ${places.acme};
          }
          ${site.tls.kind === "internal" ? authority : ""}
          location / {
            return 308 https://$known_host$request_uri;
          }
        }
        # Nobody is sent to a host of the caller's own choice.
        map $host $known_host {
          default ${site.names.station};
          ${site.names.meet} ${site.names.meet};
        }

        # A name that is not ours gets no certificate.
        server {
          listen 443 ssl http2 default_server;
          listen [::]:443 ssl http2 default_server;
          ssl_reject_handshake on;
        }
    `),
    indented(stationServer(context)),
    site.jitsi === false ? "" : indented(meetServer(site)),
    "}\n",
  ].join("\n");
  const ground = nginxGround(
    {
      After: "yizhan-certificate.service",
      Wants: site.tls.kind === "files" ? undefined : "yizhan-certificate.service",
    },
    [nginxPath],
    tlsGroup,
  );
  return {
    ...ground,
    files: [file(nginxPath, text), ...ground.files],
    health: [{ url: `https://${site.names.station}/healthz` }],
  };
}

/** Whoever joins a closed network fetches the authority here once. */
const authority = `location = /authority.crt {
            alias ${places.tls}/authority.pem;
            types { }
            default_type application/x-x509-ca-cert;
          }`;

const indented = (text: string) => text.replaceAll(/^(?=.)/gm, "  ");

function stationServer({ site }: Context): string {
  return lines(`
    server {
      listen 443 ssl http2;
      listen [::]:443 ssl http2;
      server_name ${site.names.station};
      add_header Strict-Transport-Security "max-age=31536000" always;

      limit_req zone=all burst=200 nodelay;
      limit_conn open 200;

      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto https;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_connect_timeout 5s;
      proxy_read_timeout 120s;
      proxy_next_upstream off;
      # Answers are never laid on the disk of the proxy, nor are questions.
      proxy_max_temp_file_size 0;
      proxy_request_buffering off;

      # For processes of this machine alone.
      location = /metrics {
        return 404;
      }
      # Where guessing would pay.
      location ~ ^/api/(sign-in|intake|cases/status|patients?/) {
        limit_req zone=doors burst=20 nodelay;
        proxy_pass http://node;
      }
      # Streams of events: at once, for as long as somebody listens.
      location ~ /events$ {
        proxy_buffering off;
        proxy_read_timeout 1h;
        gzip off;
        proxy_pass http://node;
      }
      # A conversation at one tablet: sound goes in, lines come out, for as long as it lasts.
      location /assisted/ {
        proxy_buffering off;
        proxy_read_timeout 1h;
        proxy_pass http://node;
      }
      # The page for people about how the station is.
      location = /health {
        default_type text/html;
        alias ${places.agent}/page/index.html;
      }
      location / {
        proxy_pass http://node;
      }
    }
  `);
}

/** The program itself, whatever stands behind it: its walls, and logs that go after a fortnight. */
export function nginxGround(
  unit: Section,
  restartWhen: readonly string[],
  group?: string,
): Required<Pick<Part, "packages" | "files" | "units">> {
  return {
    packages: ["nginx-light"],
    files: [
      dropIn("nginx.service", {
        Unit: unit,
        Service: {
          SupplementaryGroups: group,
          Restart: "always",
          RestartSec: 5,
          LimitNOFILE: 16_384,
          NoNewPrivileges: true,
          ProtectSystem: "full",
          ProtectHome: true,
          PrivateTmp: true,
          PrivateDevices: true,
          ProtectKernelTunables: true,
          ProtectKernelModules: true,
          ProtectControlGroups: true,
          RestrictNamespaces: true,
          LockPersonality: true,
          MemoryMax: "512M",
        },
      }),
      // Debian's own would keep addresses for a fortnight and compress what is small.
      file(
        "/etc/logrotate.d/nginx",
        lines(`
          /var/log/nginx/*.log {
            daily
            maxsize 50M
            rotate 14
            missingok
            notifempty
            compress
            delaycompress
            create 0640 www-data adm
            sharedscripts
            postrotate
              [ ! -f /run/nginx.pid ] || kill -USR1 "$(cat /run/nginx.pid)"
            endscript
          }
        `),
      ),
    ],
    units: [{ name: "nginx.service", enable: true, start: true, restartWhen, reload: true }],
  };
}
