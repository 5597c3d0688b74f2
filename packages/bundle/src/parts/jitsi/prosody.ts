import { file, lines, secret } from "../../file.ts";
import { mediaPorts, ports } from "../../places.ts";
import type { Site } from "../../site.ts";
import type { BundleFile, Directory } from "../../types.ts";
import { tlsPaths } from "../tls.ts";
import { xmppNames } from "./names.ts";

export const prosodyPath = "/etc/prosody/prosody.cfg.lua";
const owned = { owner: "prosody", group: "prosody" } as const;

/**
 * Prosody on the loopback address alone. A room opens to whoever has a token for it (`packages/meet` signs them:
 * HS256, issuer `yizhan`, audience `jitsi`, subject the name of the Jitsi), and to nobody else.
 */
export function prosodyConfig(site: Site): BundleFile {
  const { certificate, key } = tlsPaths(site);
  const { meet, auth, muc, lobby, breakout, internal, focus, focusUser, bridgeUser } = xmppNames(site.names.meet);
  const { turn } = site.names;
  const text = lines(`
    plugin_paths = { "/usr/share/jitsi-meet/prosody-plugins/", "/etc/prosody/yizhan/" }
    pidfile = "/run/prosody/prosody.pid"
    -- Warnings alone: lesser messages name rooms and people.
    log = { warn = "*syslog" }

    interfaces = { "127.0.0.1" }
    c2s_ports = { ${ports.xmpp} }
    c2s_direct_tls_ports = {}
    s2s_ports = {}
    http_ports = { ${ports.bosh} }
    http_interfaces = { "127.0.0.1" }
    https_ports = {}
    trusted_proxies = { "127.0.0.1" }
    -- nginx speaks TLS with the browsers.
    consider_bosh_secure = true
    consider_websocket_secure = true
    c2s_require_encryption = false
    ssl = { certificate = "${certificate}", key = "${key}", protocol = "tlsv1_2+" }

    modules_enabled = { "saslauth", "tls", "disco", "posix", "ping", "bosh", "websocket", "limits" }
    modules_disabled = { "s2s", "offline", "register" }
    limits = { c2s = { rate = "512kb/s" } }
    unlimited_jids = { "${focusUser}", "${bridgeUser}" }
    authentication = "internal_plain"
    allow_registration = false
    storage = "internal"
    -- Prosody 13 asks for it; 0.12 does so by itself.
    component_admins_as_room_owners = true
    -- A phone that loses its network for a minute comes back to the same call.
    smacks_max_unacked_stanzas = 5
    smacks_hibernation_time = 60
    smacks_max_old_sessions = 1

    muc_mapper_domain_base = "${meet}"
    external_service_secret = "${secret("turn")}"
    external_services = {
      { type = "stun", host = "${turn}", port = ${mediaPorts.turn}, transport = "udp" },
      { type = "turn", host = "${turn}", port = ${mediaPorts.turn}, transport = "udp", secret = true, ttl = 86400, algorithm = "turn" },
      { type = "turn", host = "${turn}", port = ${mediaPorts.turn}, transport = "tcp", secret = true, ttl = 86400, algorithm = "turn" },
      { type = "turns", host = "${turn}", port = ${mediaPorts.turnTls}, transport = "tcp", secret = true, ttl = 86400, algorithm = "turn" },
    }

    VirtualHost "${meet}"
      authentication = "token"
      app_id = "yizhan"
      app_secret = "${secret("jitsi-app")}"
      allow_empty_token = false
      enable_domain_verification = true
      asap_accepted_issuers = { "yizhan" }
      asap_accepted_audiences = { "jitsi" }
      -- features_identity tells clients of the components below; each announces itself to it.
      modules_enabled = { "bosh", "websocket", "smacks", "ping", "external_services", "features_identity", "conference_duration", "muc_lobby_rooms", "muc_breakout_rooms" }
      admins = { "${focusUser}" }
      main_muc = "${muc}"
      lobby_muc = "${lobby}"
      breakout_rooms_muc = "${breakout}"

    -- Jicofo and the bridge; their passwords are made on this host.
    VirtualHost "${auth}"
      authentication = "internal_plain"
      modules_enabled = { "limits_exception", "smacks", "roster" }
      smacks_hibernation_time = 15

    Component "${muc}" "muc"
      storage = "memory"
      restrict_room_creation = true
      muc_room_locking = false
      muc_room_default_public = false
      muc_room_default_public_jids = true
      admins = { "${focusUser}" }
      modules_enabled = { "muc_hide_all", "muc_meeting_id", "muc_domain_mapper", "token_verification", "muc_rate_limit", "muc_password_whitelist", "yizhan_rooms" }
      muc_password_whitelist = { "${focusUser}" }

    Component "${breakout}" "muc"
      storage = "memory"
      restrict_room_creation = true
      muc_room_locking = false
      muc_room_default_public_jids = true
      admins = { "${focusUser}" }
      modules_enabled = { "muc_hide_all", "muc_meeting_id", "muc_domain_mapper", "muc_rate_limit" }

    Component "${lobby}" "muc"
      storage = "memory"
      restrict_room_creation = true
      muc_room_locking = false
      muc_room_default_public_jids = true
      modules_enabled = { "muc_hide_all", "muc_rate_limit" }

    Component "${internal}" "muc"
      storage = "memory"
      muc_room_locking = false
      muc_room_default_public_jids = true
      admins = { "${focusUser}", "${bridgeUser}" }
      modules_enabled = { "muc_hide_all", "ping" }

    -- Jicofo signs in as a user; this passes what is asked of the component on to it.
    Component "${focus}" "client_proxy"
      target_address = "${focusUser}"

    Component "speakerstats.${meet}" "speakerstats_component"
      muc_component = "${muc}"

    Component "endconference.${meet}" "end_conference"
      muc_component = "${muc}"

    Component "avmoderation.${meet}" "av_moderation_component"
      muc_component = "${muc}"

    Component "metadata.${meet}" "room_metadata_component"
      muc_component = "${muc}"
      breakout_rooms_component = "${breakout}"

    Component "polls.${meet}" "polls_component"
      muc_component = "${muc}"
  `);
  return file(prosodyPath, text, { mode: 0o640, group: "prosody" });
}

/**
 * Accounts of jicofo and the bridge, as prosody's internal storage has them, and whom jicofo tells that it is there:
 * the component that passes clients' requests on to it, which else knows no jicofo and refuses every call.
 */
export function prosodyAccounts(site: Site): { readonly files: BundleFile[]; readonly directories: Directory[] } {
  const { auth, focus } = xmppNames(site.names.meet);
  const host = `/var/lib/prosody/${encoded(auth)}`;
  const account = (user: string, name: string) =>
    file(`${host}/accounts/${user}.dat`, `return {\n\t["password"] = "${secret(name)}";\n};\n`, { mode: 0o640, ...owned });
  const roster = lines(`
    return {
    \t[false] = {
    \t\t["version"] = 1;
    \t\t["pending"] = {};
    \t};
    \t["${focus}"] = {
    \t\t["subscription"] = "from";
    \t\t["groups"] = {};
    \t};
    };
  `);
  return {
    directories: [host, `${host}/accounts`, `${host}/roster`].map((path) => ({ path, mode: 0o750, ...owned })),
    files: [
      account("focus", "jitsi-focus"),
      account("jvb", "jitsi-bridge"),
      file(`${host}/roster/focus.dat`, roster, { mode: 0o640, ...owned }),
    ],
  };
}

/** A name as prosody's data manager writes it into a path: all but letters and digits as `%xx`. */
function encoded(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** Debian lays these two out for older Luas than the 5.4 that its prosody runs on, which reads them as they are. */
export const luaModules: readonly BundleFile[] = [
  file("/usr/local/share/lua/5.4/basexx.lua", 'return dofile("/usr/share/lua/5.2/basexx.lua")'),
  file("/usr/local/share/lua/5.4/inspect.lua", 'return dofile("/usr/share/lua/5.3/inspect.lua")'),
];

/** What Jitsi's own modules leave to the installation. */
export const roomsModule: BundleFile = file(
  "/etc/prosody/yizhan/mod_yizhan_rooms.lua",
  lines(`
    -- Rooms of a station: captions can be asked for, and the token says who leads.
    local util = module:require "util";
    local jid = require "util.jid";

    -- Clients may not switch this on. It has to come after room_metadata_component, which makes the table at priority -1.
    module:hook("muc-room-created", function (event)
      local room = event.room;
      if util.is_healthcheck_room(room.jid) then return; end
      room.jitsiMetadata = room.jitsiMetadata or {};
      room.jitsiMetadata.asyncTranscription = true;
      -- A visit's room is captioned from the start, and the speech service knows it by the name that the station gave it.
      local name = jid.node(room.jid);
      if name:match("^v[a-z2-7]+$") then
        room.jitsiMetadata.recording = { isTranscribingEnabled = true };
        room._data.meetingId = name;
      end
    end, -10);

    module:hook("muc-occupant-joined", function (event)
      local room, occupant, session = event.room, event.occupant, event.origin;
      if util.is_healthcheck_room(room.jid) or util.is_admin(occupant.bare_jid) then return; end
      local user = session and session.auth_token and session.jitsi_meet_context_user;
      local leads = user and (user.moderator == true or user.moderator == "true");
      room:set_affiliation(true, occupant.bare_jid, leads and "owner" or "member");
    end, 2);
  `),
);
