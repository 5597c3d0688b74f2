import { z } from "zod";

/** One running conversation, as the speech service names it. */
export const sessionSchema = z.looseObject({
  id: z.string(),
  startedAt: z.union([z.string(), z.number()]),
  participants: z.array(z.unknown()),
});
const listSchema = z.object({ sessions: z.array(sessionSchema) });
export type SpeechSession = z.infer<typeof sessionSchema>;

/** The speech service does not answer, or not as agreed. */
export class SpeechError extends Error {
  readonly code: "speech-unreachable" | "speech-refused" | "session-unknown";

  constructor(code: SpeechError["code"], cause?: unknown) {
    super(code, { cause });
    this.name = "SpeechError";
    this.code = code;
  }
}

export interface SpeechClient {
  sessions(): Promise<readonly SpeechSession[]>;
  /** The session's captions as server-sent events, until either side ends. */
  events(sessionId: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

/** Asks the station's own speech service; `fetch` is a parameter for tests over other carriers. */
export function openSpeechClient(url: string, token: string, ask: typeof fetch = fetch): SpeechClient {
  async function call(path: string, signal: AbortSignal): Promise<Response> {
    let response: Response;
    try {
      response = await ask(new URL(path, url), { headers: { authorization: `Bearer ${token}` }, signal });
    } catch (error) {
      throw new SpeechError("speech-unreachable", error);
    }
    if (response.status === 404) throw new SpeechError("session-unknown");
    if (!response.ok) throw new SpeechError("speech-refused");
    return response;
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
  };
}
