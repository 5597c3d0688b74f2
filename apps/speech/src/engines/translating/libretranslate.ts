import { z } from "zod";
import { EngineError } from "../errors.ts";
import type { TranslationStep } from "./step.ts";

const answer = z.object({ translatedText: z.string() });

/** A server inside the country that speaks LibreTranslate's HTTP API. */
export function libretranslateStep(
  server: { url: string; apiKey?: string },
  from: string,
  to: string,
  timeoutMs = 5000,
): TranslationStep {
  return {
    engine: "libretranslate",
    async translate(text, _follow, signal) {
      const timeout = AbortSignal.timeout(timeoutMs);
      try {
        const response = await fetch(new URL("translate", server.url.endsWith("/") ? server.url : `${server.url}/`), {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({
            q: text,
            source: from,
            target: to,
            format: "text",
            ...(server.apiKey ? { api_key: server.apiKey } : {}),
          }),
          signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        });
        if (!response.ok) throw new EngineError("translation-failed", `the translation server answered ${response.status}`);
        return { text: answer.parse(await response.json()).translatedText };
      } catch (error) {
        if (error instanceof EngineError) throw error;
        signal?.throwIfAborted();
        if (timeout.aborted) throw new EngineError("translation-slow", `the translation server took longer than ${timeoutMs} ms`);
        throw new EngineError("translation-failed", "the translation server answered nothing usable");
      }
    },
    close: () => undefined,
  };
}
