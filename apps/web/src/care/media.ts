/** What the person's own device gives to a call. */
export type Media = "sound-and-picture" | "no-camera" | "none" | "refused";

/** Asks the person for microphone and camera, as the browser does, and gives both back at once: the room takes them itself. */
export async function askForMedia(soundOnly: boolean): Promise<Media> {
  const { mediaDevices } = navigator as Partial<Pick<Navigator, "mediaDevices">>;
  // Only pages over TLS have it; there the room says itself what it lacks.
  if (mediaDevices === undefined) return "none";
  const ask = async (video: boolean): Promise<"given" | "refused" | "missing"> => {
    try {
      const stream = await mediaDevices.getUserMedia({ audio: true, video });
      for (const track of stream.getTracks()) track.stop();
      return "given";
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      return error.name === "NotAllowedError" || error.name === "SecurityError" ? "refused" : "missing";
    }
  };
  if (soundOnly) {
    const sound = await ask(false);
    return sound === "given" ? "sound-and-picture" : sound === "refused" ? "refused" : "none";
  }
  const both = await ask(true);
  if (both !== "missing") return both === "given" ? "sound-and-picture" : "refused";
  const sound = await ask(false);
  return sound === "given" ? "no-camera" : sound === "refused" ? "refused" : "none";
}

interface Connection {
  readonly saveData?: boolean;
  readonly effectiveType?: string;
  /** Mbit/s */
  readonly downlink?: number;
}

/** True where pictures would take the sound's place on the line, as far as the browser knows. */
export function isSlow(connection = (navigator as { readonly connection?: Connection }).connection): boolean {
  if (connection === undefined) return false;
  const { saveData = false, effectiveType = "4g", downlink = 10 } = connection;
  return saveData || effectiveType !== "4g" || downlink < 1;
}
