import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { pages } from "./pages.ts";

const folder = await mkdtemp(join(tmpdir(), "yizhan-pages-"));
const dist = join(folder, "dist");
await mkdir(join(dist, "assets"), { recursive: true });
await writeFile(join(dist, "care.html"), "<h1>care</h1>");
await writeFile(join(dist, "assets/app-1234.js"), "export const x = 1;");
await writeFile(join(folder, "secret.json"), "{}");
const app = new Hono().use(pages(dist, { "/": "care.html", "/desk": "care.html" }));

describe("pages", () => {
  it("answer their paths, with or without a slash at the end", async () => {
    for (const path of ["/", "/desk", "/desk/"]) expect(await (await app.request(path)).text()).toBe("<h1>care</h1>");
  });

  it("are small on the wire and kept where their name has a hash", async () => {
    const response = await app.request("/assets/app-1234.js", { headers: { "accept-encoding": "gzip, br" } });
    expect(response.headers.get("cache-control")).toContain("immutable");
    expect(response.headers.get("content-encoding")).toBe("br");
    expect(brotliDecompressSync(Buffer.from(await response.arrayBuffer())).toString()).toBe("export const x = 1;");
    expect((await app.request("/")).headers.get("cache-control")).toBe("no-cache");
  });

  it.each(["/../secret.json", "/%2e%2e/secret.json", "/assets/..%2f..%2fsecret.json", "/assets", "/gone.js"])(
    "do not answer %s",
    async (path) => {
      expect((await app.request(path)).status).toBe(404);
    },
  );
});
