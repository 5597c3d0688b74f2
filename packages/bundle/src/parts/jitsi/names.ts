/** Who signs tokens: `app_id` of prosody's token authentication. */
export const jitsiAppId = "yizhan";

/** XMPP names of a Jitsi, all below its own. */
export function xmppNames(meet: string) {
  return {
    meet,
    auth: `auth.${meet}`,
    muc: `conference.${meet}`,
    lobby: `lobby.${meet}`,
    breakout: `breakout.${meet}`,
    internal: `internal.auth.${meet}`,
    focus: `focus.${meet}`,
    brewery: `jvbbrewery@internal.auth.${meet}`,
    focusUser: `focus@auth.${meet}`,
    bridgeUser: `jvb@auth.${meet}`,
  };
}
