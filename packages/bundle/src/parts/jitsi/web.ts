import type { Region } from "@yizhan/region";
import { file } from "../../file.ts";
import type { Site } from "../../site.ts";
import type { BundleFile } from "../../types.ts";
import { xmppNames } from "./names.ts";

/** Jitsi's page: nothing asked of third parties, nothing kept, captions in the languages of the country. */
export function webConfig(region: Region, site: Site): BundleFile {
  const { meet, muc, focus } = xmppNames(site.names.meet);
  const { kbit } = region.link;
  const languages = [...new Set([...region.languages.care, ...region.languages.staff])];
  const config = {
    hosts: { domain: meet, muc, focus },
    bosh: `https://${meet}/http-bind`,
    websocket: `wss://${meet}/xmpp-websocket`,
    bridgeChannel: { preferSctp: false },
    // Every sound has to reach the bridge: between two browsers alone nothing is captioned.
    p2p: { enabled: false },
    // Else the page leaves it out, and knows TURN over TCP alone.
    useTurnUdp: true,
    analytics: { disabled: true },
    disableThirdPartyRequests: true,
    gravatar: { disabled: true },
    enableCalendarIntegration: false,
    doNotStoreRoom: true,
    disableDeepLinking: true,
    prejoinConfig: { enabled: false },
    startAudioOnly: kbit < 1_000,
    startWithVideoMuted: kbit < 2_000,
    constraints: { video: { height: kbit < 2_000 ? { ideal: 360, max: 360, min: 180 } : { ideal: 720, max: 720, min: 180 } } },
    channelLastN: kbit < 2_000 ? 2 : 8,
    enableNoisyMicDetection: true,
    // What the recogniser was measured with.
    audioQuality: { enableOpusDtx: true },
    enableOpusRed: false,
    fileRecordingsEnabled: false,
    liveStreamingEnabled: false,
    localRecording: { disable: true },
    transcription: {
      enabled: true,
      translationLanguages: languages,
      useAppLanguage: false,
      preferredLanguage: languages[0] ?? region.languages.fallback,
      autoTranscribeOnRecord: false,
    },
    defaultLanguage: languages[0] ?? region.languages.fallback,
  };
  return file(webPath(site), `var config = ${JSON.stringify(config, null, 2)};\n`);
}

export const webPath = (site: Site): string => `/etc/jitsi/meet/${site.names.meet}-config.js`;
