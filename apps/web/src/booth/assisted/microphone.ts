import { request } from "../../shared/request.ts";

/** A microphone that is open, and the socket of whoever speaks now. */
export interface Microphone {
  /** Sound goes to this speaker from now on. Throws `ApiError` where the station refuses. */
  listen(participant: string, language: string): Promise<void>;
  /** Sound is of whichever of them speaks the language that is heard. */
  listenToAll(participants: readonly string[]): Promise<void>;
  /** Sound goes nowhere. */
  pause(): void;
  close(): void;
}

/** The station's session for two people: made with their languages, then a ticket for each turn. */
export const openSession = (body: { session?: string; languages?: Readonly<Record<string, string>> }) =>
  request<{ session: string; ticket: string; together: boolean }>("/api/assisted", { method: "POST", body });

/** Asks for the microphone. Throws the browser's `DOMException` when it is refused or there is none. */
export async function openMicrophone(session: string): Promise<Microphone> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  });
  const context = new AudioContext({ sampleRate: 16_000 });
  await context.audioWorklet.addModule("/microphone-worklet.js");
  const worklet = new AudioWorkletNode(context, "microphone", { numberOfOutputs: 0 });
  context.createMediaStreamSource(stream).connect(worklet);
  let socket: WebSocket | undefined;
  const early: ArrayBuffer[] = [];
  let wanted = false;
  worklet.port.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) => {
    if (!wanted) return;
    if (socket?.readyState === WebSocket.OPEN) socket.send(data);
    // Five seconds at most: the first words are not lost while the socket opens.
    else if (early.length < 50) early.push(data);
  });
  worklet.port.start();

  function hangUp(): void {
    wanted = false;
    early.length = 0;
    const old = socket;
    socket = undefined;
    old?.close(1000);
  }
  async function send(query: URLSearchParams): Promise<void> {
    hangUp();
    wanted = true;
    await context.resume();
    const { ticket } = await openSession({ session });
    const url = new URL(`/assisted/microphone?${query}`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const opened = new WebSocket(url, [`yizhan.ticket.${ticket}`]);
    socket = opened;
    opened.addEventListener("open", () => {
      for (const data of early.splice(0)) opened.send(data);
    });
  }
  return {
    listen: (participant, language) => send(new URLSearchParams({ participant, lang: language })),
    listenToAll: (participants) => send(new URLSearchParams(participants.map((one) => ["participant", one]))),
    pause: hangUp,
    close() {
      hangUp();
      for (const track of stream.getTracks()) track.stop();
      void context.close();
    },
  };
}
