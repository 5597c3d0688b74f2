import { ApiError } from "../request.ts";
import type { Grant } from "./api.ts";

/** As far as the pages use it: https://jitsi.github.io/handbook/docs/dev-guide/dev-guide-iframe */
export interface ExternalApi {
  addListener(event: string, listener: (data: Readonly<Record<string, unknown>>) => void): void;
  executeCommand(command: string, ...args: readonly unknown[]): void;
  dispose(): void;
}
type ExternalApiClass = new (host: string, options: object) => ExternalApi;
declare global {
  interface Window {
    JitsiMeetExternalAPI?: ExternalApiClass;
  }
}

/** The Jitsi does not answer, or not with its script. */
const unreachable = () => new ApiError(503, "unavailable");

/** The class that the Jitsi itself serves; asked for again after a failure. */
async function loadClass(url: string): Promise<ExternalApiClass> {
  if (window.JitsiMeetExternalAPI === undefined) {
    const script = document.createElement("script");
    script.src = new URL("/external_api.js", url).href;
    await new Promise((resolve, reject) => {
      script.addEventListener("load", resolve);
      script.addEventListener("error", () => reject(unreachable()));
      document.head.append(script);
    }).finally(() => script.remove());
  }
  if (window.JitsiMeetExternalAPI === undefined) throw unreachable();
  return window.JitsiMeetExternalAPI;
}

export interface Room {
  readonly grant: Grant;
  readonly parent: HTMLElement;
  /** The page's language. */
  readonly language: string;
  /** Without pictures, for a slow line. */
  readonly soundOnly: boolean;
  /** Narrow pictures, for a patient's phone. */
  readonly small: boolean;
}

/** Embeds the room. The page around it has explained the permissions already, and shows the captions itself. */
export async function openRoom({ grant, parent, language, soundOnly, small }: Room): Promise<ExternalApi> {
  const Api = await loadClass(grant.url);
  return new Api(new URL(grant.url).host, {
    roomName: grant.room,
    jwt: grant.token,
    parentNode: parent,
    width: "100%",
    height: "100%",
    lang: language.split("-", 1)[0],
    // Credentials of this person's own, that end; the Jitsi's list of addresses stays as it is.
    ...(grant.iceServers.length === 0
      ? {}
      : { iceServers: { replace: grant.iceServers.map(({ urls: _kept, ...proof }) => proof) } }),
    configOverwrite: {
      prejoinConfig: { enabled: false },
      startAudioOnly: soundOnly,
      startWithVideoMuted: soundOnly,
      ...(small ? { constraints: { video: { height: { ideal: 360, max: 360, min: 180 } } }, channelLastN: 2 } : {}),
      toolbarButtons: small
        ? ["microphone", "camera", "hangup"]
        : ["microphone", "camera", "desktop", "tileview", "settings", "hangup"],
      disableInviteFunctions: true,
      disableDeepLinking: true,
      disableReactions: true,
      disablePolls: true,
      readOnlyName: true,
      hideConferenceSubject: true,
      doNotStoreRoom: true,
      notifications: [],
    },
  });
}
