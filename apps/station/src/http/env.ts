import type { HttpBindings } from "@hono/node-server";
import type { Actor } from "@yizhan/access";

/** What the middleware of `app.ts` puts into a request's context. */
export interface StationEnv {
  readonly Bindings: Partial<HttpBindings>;
  readonly Variables: {
    requestId: string;
    actor: Actor;
  };
}
