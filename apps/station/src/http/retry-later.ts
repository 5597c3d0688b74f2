import { createMiddleware } from "hono/factory";

/** Seconds: a database that was started again takes connections well within this. */
const wait = "5";

/** Tells a client when to ask again, wherever the answer is that something is away for a while. */
export function retryLater() {
  return createMiddleware(async function sayWhenToRetry(context, next) {
    await next();
    if (context.res.status === 503 && !context.res.headers.has("retry-after")) context.res.headers.set("retry-after", wait);
  });
}
