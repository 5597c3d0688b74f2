import { createLog, serveNode } from "@yizhan/http";
import type { CaptionEvent, Clock } from "@yizhan/meet";
import { speechApp } from "../app.ts";
import { readEvents } from "../bench/events.ts";
import { noTerms, type Terms } from "../captions/terms.ts";
import type { Engines } from "../engines/types.ts";

export const testToken = "token-for-tests";

export interface TestService {
  readonly url: string;
  readonly ws: string;
  get(path: string, init?: RequestInit): Promise<Response>;
  /** Collects a session's events; `until` settles with the first that fits. */
  watch(session: string): SessionWatch;
  close(): Promise<void>;
}

export interface SessionWatch {
  readonly events: CaptionEvent[];
  until(fits: (event: CaptionEvent) => boolean): Promise<CaptionEvent>;
  close(): void;
}

/** The real service on a free port, with the engines that a test gives it. */
export async function startService(options: {
  engines: Engines;
  terms?: Terms;
  clock?: Clock;
  slots?: number;
}): Promise<TestService> {
  const log = createLog("speech", "silent");
  const { engines, terms = noTerms, clock, slots } = options;
  const speech = speechApp({
    engines,
    terms,
    token: testToken,
    log,
    version: "test",
    ...(clock === undefined ? {} : { clock }),
    ...(slots === undefined ? {} : { slots }),
  });
  const server = await serveNode({
    app: speech.app,
    host: "127.0.0.1",
    port: 0,
    log,
    upgrade: speech.upgrade,
    close: speech.close,
  });
  const get = (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    if (!headers.has("authorization")) headers.set("authorization", `Bearer ${testToken}`);
    return fetch(server.url + path, { ...init, headers });
  };
  return {
    url: server.url,
    ws: server.url.replace("http", "ws"),
    get,
    watch: (session) => watchSession(server.url, session),
    close: server.close,
  };
}

function watchSession(url: string, session: string): SessionWatch {
  const controller = new AbortController();
  const events: CaptionEvent[] = [];
  const waiting: { fits: (event: CaptionEvent) => boolean; resolve: (event: CaptionEvent) => void }[] = [];
  const done = readEvents(`${url}/sessions/${session}/events`, testToken, controller.signal, (event) => {
    events.push(event);
    for (const one of waiting.filter(({ fits }) => fits(event))) {
      waiting.splice(waiting.indexOf(one), 1);
      one.resolve(event);
    }
  });
  return {
    events,
    until(fits) {
      const already = events.find(fits);
      if (already !== undefined) return Promise.resolve(already);
      return new Promise((resolve) => waiting.push({ fits, resolve }));
    },
    close() {
      controller.abort();
      void done;
    },
  };
}
