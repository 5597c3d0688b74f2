import { type CaptionEvent, captionEventSchema } from "@yizhan/meet";
import { EventSource } from "eventsource";
import { WebSocket } from "ws";
import { z } from "zod";

/** One running conversation, as the speech service names it. */
export const sessionSchema = z.looseObject({
  id: z.string(),
  startedAt: z.union([z.string(), z.number()]),
  participants: z.array(z.unknown()),
});
const voicesSchema = z.object({ languages: z.array(z.string()) });
const listSchema = z.object({ sessions: z.array(sessionSchema) });
export type SpeechSession = z.infer<typeof sessionSchema>;

/** The speech service does not answer, or not as agreed. */
export class SpeechError extends Error {
  readonly code: "speech-unreachable" | "speech-refused" | "session-unknown" | "no-voice" | "line-refused";

  constructor(code: SpeechError["code"], cause?: unknown) {
    super(code, { cause });
    this.name = "SpeechError";
    this.code = code;
  }
}

const toldSchema = z.object({ together: z.boolean().default(false) });
/** `together`: one microphone will do for all who were told of, whoever of them speaks. */
type Told = z.infer<typeof toldSchema>;

export interface SpeechClient {
  sessions(): Promise<readonly SpeechSession[]>;
  /** The session's captions as server-sent events, until either side ends. */
  events(sessionId: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** Every event of a session, the last lines first, also after a cut; until the returned function is called. */
  watch(sessionId: string, take: (event: CaptionEvent) => void): () => void;
  /** The list of sessions, now and on every change; until the returned function is called. */
  watchSessions(take: (sessions: readonly SpeechSession[]) => void): () => void;
  /** What a person says was said in a final line. Throws `session-unknown` where the line is not remembered. */
  correct(sessionId: string, segmentId: string, correction: { readonly text: string; readonly by: string }): Promise<void>;
  /** Says who speaks what in a session, so that each line is translated for the others. */
  tell(
    sessionId: string,
    people: Readonly<Record<string, string | { readonly language: string; readonly name: string }>>,
  ): Promise<Told>;
  /**
   * A socket that takes 16 kHz signed 16-bit mono sound: of one participant in a language, or of several who were told
   * of before. Errors come as its events.
   */
  microphone(sessionId: string, participants: readonly string[], language: string | undefined): WebSocket;
  /** Languages that can be read aloud. */
  voices(): Promise<readonly string[]>;
  /** A WAV file. Throws `no-voice`, or `line-refused` where something in the line cannot be read aloud. */
  speak(text: string, language: string): Promise<ReadableStream<Uint8Array>>;
}

/** Milliseconds before a stream that was refused is asked for again. */
const reopenMs = 3_000;

/** What was sent; undefined where it is no JSON. */
function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

/** Asks the station's own speech service; `fetch` is a parameter for tests over other carriers. */
export function openSpeechClient(url: string, token: string, ask: typeof fetch = fetch): SpeechClient {
  async function call(path: string, signal: AbortSignal, body?: object, method = "POST"): Promise<Response> {
    let response: Response;
    try {
      response = await ask(new URL(path, url), {
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        signal,
        ...(body === undefined ? {} : { method, body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw new SpeechError("speech-unreachable", error);
    }
    if (response.status === 404) throw new SpeechError("session-unknown");
    if (response.status === 422) throw new SpeechError("line-refused");
    if (!response.ok) throw new SpeechError("speech-refused");
    return response;
  }
  /** Server-sent events; the library connects anew after a cut, this after a refusal (a service that starts). */
  function subscribe(path: string, take: (data: unknown) => void): () => void {
    let source: EventSource | undefined;
    let timer: NodeJS.Timeout | undefined;
    const open = () => {
      source = new EventSource(new URL(path, url), {
        fetch: (input, init) => ask(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } }),
      });
      source.addEventListener("message", ({ data }) => take(parsed(data)));
      source.addEventListener("error", () => {
        if (source?.readyState === EventSource.CLOSED) timer = setTimeout(open, reopenMs);
      });
    };
    open();
    return () => {
      clearTimeout(timer);
      source?.close();
    };
  }
  return {
    async sessions() {
      const response = await call("/sessions", AbortSignal.timeout(5_000));
      const body = listSchema.safeParse(await response.json().catch(() => undefined));
      if (!body.success) throw new SpeechError("speech-refused", body.error);
      return body.data.sessions;
    },
    async events(sessionId, signal) {
      const response = await call(`/sessions/${encodeURIComponent(sessionId)}/events`, signal);
      if (response.body === null) throw new SpeechError("speech-refused");
      return response.body;
    },
    watch(sessionId, take) {
      return subscribe(`/sessions/${encodeURIComponent(sessionId)}/events`, (data) => {
        const event = captionEventSchema.safeParse(data);
        if (event.success) take(event.data);
      });
    },
    watchSessions(take) {
      return subscribe("/sessions/events", (data) => {
        const list = listSchema.safeParse(data);
        if (list.success) take(list.data.sessions);
      });
    },
    async correct(sessionId, segmentId, correction) {
      const path = `/sessions/${encodeURIComponent(sessionId)}/lines/${encodeURIComponent(segmentId)}`;
      await call(path, AbortSignal.timeout(5_000), correction, "PUT");
    },
    async tell(sessionId, people) {
      const path = `/sessions/${encodeURIComponent(sessionId)}/languages`;
      const response = await call(path, AbortSignal.timeout(5_000), people, "PUT");
      const body = toldSchema.safeParse(await response.json().catch(() => undefined));
      if (!body.success) throw new SpeechError("speech-refused", body.error);
      return body.data;
    },
    microphone(sessionId, participants, language) {
      const socket = new URL("/microphone", url.replace(/^http/, "ws"));
      socket.searchParams.set("sessionId", sessionId);
      for (const participant of participants) socket.searchParams.append("participant", participant);
      if (language !== undefined) socket.searchParams.set("lang", language);
      return new WebSocket(socket, { headers: { authorization: `Bearer ${token}` }, handshakeTimeout: 5_000 });
    },
    async voices() {
      const response = await call("/voice", AbortSignal.timeout(5_000));
      const body = voicesSchema.safeParse(await response.json().catch(() => undefined));
      if (!body.success) throw new SpeechError("speech-refused", body.error);
      return body.data.languages;
    },
    async speak(text, language) {
      try {
        const response = await call("/voice", AbortSignal.timeout(90_000), { text, language });
        if (response.body === null) throw new SpeechError("speech-refused");
        return response.body;
      } catch (error) {
        if (error instanceof SpeechError && error.code === "session-unknown") throw new SpeechError("no-voice", error);
        throw error;
      }
    },
  };
}
