import { Problem } from "@yizhan/http";
import { Hono } from "hono";
import { z } from "zod";
import { canonicalTag } from "../captions/languages.ts";
import { EngineError } from "../engines/errors.ts";
import type { Voice } from "../engines/types.ts";

const lineSchema = z.strictObject({ text: z.string().trim().min(1).max(2_000), language: z.string().max(35) });

/** `GET /voice`: which languages can be read aloud. `POST /voice` with a line: a WAV file. Nothing is kept. */
export function voiceRoutes(voice: Voice): Hono {
  const routes = new Hono();
  routes.get("/", (context) => context.json({ languages: voice.languages() }));
  routes.post("/", async (context) => {
    const line = lineSchema.safeParse(await context.req.json().catch(() => undefined));
    const language = line.success ? canonicalTag(line.data.language) : undefined;
    if (!line.success || language === undefined) {
      throw new Problem(422, "bad-request", { remedy: 'Send { "text": "at most 2,000 letters", "language": "pt" }.' });
    }
    try {
      const sound = await voice.speak(line.data.text, language);
      return context.body(sound, 200, { "content-type": "audio/wav", "cache-control": "no-store" });
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (error.code === "no-voice")
        throw new Problem(404, "not-found", { remedy: "GET /voice lists the languages.", cause: error });
      if (error.code === "unreadable") {
        throw new Problem(422, "bad-request", { remedy: "Nothing of this line was read: show it instead.", cause: error });
      }
      throw new Problem(503, "unavailable", { remedy: "The voice failed; the next line begins it anew.", cause: error });
    }
  });
  return routes;
}
