import type { Context } from "hono";
import { streamSSE } from "hono/streaming";

/**
 * Server-sent events: what `make` gives, once now and again on every change that `watch` tells of, in order and
 * one at a time; changes that come while one is being sent are told by the next. Ends with the connection, or
 * where `make` throws.
 */
export function sendChanges(
  context: Context,
  make: () => Promise<unknown>,
  watch: (changed: () => void) => () => void,
): Response {
  return streamSSE(context, async (stream) => {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    let waiting = false;
    let sending = Promise.resolve();
    const send = () => {
      if (waiting) return;
      waiting = true;
      sending = sendAfter(sending).catch(end);
    };
    async function sendAfter(before: Promise<void>): Promise<void> {
      await before;
      waiting = false;
      await stream.writeSSE({ data: JSON.stringify(await make()) });
    }
    const stop = watch(send);
    stream.onAbort(end);
    send();
    await ended;
    stop();
  });
}
