import { lines } from "../file.ts";
import { ports } from "../places.ts";
import type { Site } from "../site.ts";

/** Jitsi's pages, its XMPP over WebSocket and BOSH, and the bridge's channel. Framed by the station alone. */
export function meetServer({ names }: Site): string {
  return lines(`
    server {
      listen 443 ssl http2;
      listen [::]:443 ssl http2;
      server_name ${names.meet};
      root /usr/share/jitsi-meet;
      index index.html;
      ssi on;
      ssi_types application/x-javascript application/javascript;
      error_page 404 /static/404.html;
      add_header Strict-Transport-Security "max-age=31536000" always;
      add_header Content-Security-Policy "frame-ancestors 'self' https://${names.station}" always;
      add_header Referrer-Policy no-referrer always;
      limit_conn open 200;

      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_connect_timeout 5s;
      proxy_read_timeout 900s;

      location = /config.js {
        alias /etc/jitsi/meet/${names.meet}-config.js;
      }
      location = /external_api.js {
        alias /usr/share/jitsi-meet/libs/external_api.min.js;
      }
      location ~ ^/(libs|css|static|images|fonts|lang|sounds)/ {
        try_files $uri =404;
      }
      location = /http-bind {
        proxy_buffering off;
        proxy_pass http://127.0.0.1:${ports.bosh}/http-bind$is_args$args;
      }
      location = /xmpp-websocket {
        proxy_pass http://127.0.0.1:${ports.bosh}/xmpp-websocket$is_args$args;
      }
      location ~ ^/colibri-ws/default-id/(?<channel>[^/]+/[^/]+)$ {
        proxy_pass http://127.0.0.1:${ports.bridgeSocket}/colibri-ws/default-id/$channel$is_args$args;
      }
      # A room: the page asks for its token itself.
      location ~ "^/[A-Za-z0-9][A-Za-z0-9_-]{0,99}$" {
        rewrite ^ /index.html break;
      }
    }
  `);
}
