import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { baseApp } from "./app.ts";
import { createLog } from "./log.ts";
import { Problem } from "./problem.ts";

const app = baseApp(new Hono(), { log: createLog("test", "silent"), maxBody: 1000 });
app.get("/ok", (context) => context.text("ok"));
app.post("/echo", async (context) => context.json(await context.req.json()));
app.get("/refused", () => {
  throw new Problem(409, "case-closed", { remedy: "Open a new one.", details: [{ field: "case", code: "closed" }] });
});
app.get("/broken", () => {
  throw new Error("Ana Machava's penicillin");
});

describe("every server", () => {
  it("answers with security headers that forbid what its pages do not need", async () => {
    const { headers } = await app.request("/ok");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("refuses a large body without reading it whole", async () => {
    const response = await app.request("/echo", { method: "POST", body: JSON.stringify("x".repeat(5000)) });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: { code: "body-too-large" } });
  });

  it("says an error's code, remedy and fields", async () => {
    const response = await app.request("/refused");
    expect(response.status).toBe(409);
    expect(await response.json()).toEqual({
      error: {
        code: "case-closed",
        remedy: "Open a new one.",
        details: [{ field: "case", code: "closed" }],
        requestId: expect.any(String),
      },
    });
  });

  it("says nothing of an error nobody foresaw", async () => {
    const response = await app.request("/broken");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("Ana");
  });

  it("answers what is not there as JSON", async () => {
    const response = await app.request("/nothing");
    expect([response.status, await response.json()]).toEqual([
      404,
      { error: { code: "not-found", requestId: expect.any(String) } },
    ]);
  });
});
