import { readFile, stat } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { brotliCompress, constants } from "node:zlib";
import { promisify } from "node:util";
import type { MiddlewareHandler } from "hono";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

interface Page {
  readonly body: Buffer<ArrayBuffer>;
  readonly brotli: Buffer<ArrayBuffer> | undefined;
  readonly type: string;
}

const compress = promisify(brotliCompress);

/**
 * Serves the built pages of `directory`. `entries` maps a path of the site to a file
 * (`{ "/": "care.html", "/desk": "desk.html" }`). Files under `assets/` have a hash in
 * their name and are cached for a year; the rest is asked for again each time.
 * Text is kept compressed in memory: the whole build is a few hundred kilobytes.
 */
export function pages(directory: string, entries: Readonly<Record<string, string>>): MiddlewareHandler {
  const cache = new Map<string, Promise<Page | undefined>>();
  return async function servePages(context, next) {
    if (context.req.method !== "GET" && context.req.method !== "HEAD") return next();
    const path = context.req.path.length > 1 ? context.req.path.replace(/\/+$/, "") : context.req.path;
    const name = entries[path] ?? path.slice(1);
    if (name === "" || name.includes("\0")) return next();
    const file = normalize(join(directory, name));
    if (!file.startsWith(directory + sep) || types[extname(file)] === undefined) return next();
    let page = cache.get(file);
    if (page === undefined) {
      page = load(file);
      cache.set(file, page);
      // A miss is not remembered: names are the caller's and would fill the memory.
      if ((await page) === undefined) cache.delete(file);
    }
    const found = await page;
    if (found === undefined) return next();
    const small =
      found.brotli !== undefined && (context.req.header("accept-encoding") ?? "").includes("br") ? found.brotli : undefined;
    return context.body(small ?? found.body, 200, {
      "content-type": found.type,
      "cache-control": name.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache",
      vary: "accept-encoding",
      ...(small === undefined ? {} : { "content-encoding": "br" }),
    });
  };
}

async function load(file: string): Promise<Page | undefined> {
  const type = types[extname(file)] ?? "application/octet-stream";
  const info = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (info === undefined || !info.isFile()) return undefined;
  const body = await readFile(file);
  const text = /text|json|svg|javascript/.test(type);
  const brotli = text ? await compress(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }) : undefined;
  return { body: Buffer.from(body), brotli: brotli === undefined ? undefined : Buffer.from(brotli), type };
}
