import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Bundle } from "../bundle.ts";
import { HostError } from "../errors.ts";
import { attempt } from "../shell.ts";
import { isSealed } from "../unseal/settings.ts";

export interface HealthResult {
  readonly url: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Asks each address once. Answers are never shown: only their status. */
export async function askHealth(bundle: Bundle): Promise<HealthResult[]> {
  // A sealed station answers nobody, and is as it should be.
  if (await isSealed()) return [];
  return Promise.all(bundle.health.map(({ url }) => askOne(url)));
}

/** Waits until every address of this machine alone answers 2xx and no unit has given up. Throws `unhealthy` with what is wrong. */
export async function waitForHealth(bundle: Bundle, within: number): Promise<void> {
  const own = { ...bundle, health: bundle.health.filter((one) => one.elsewhere !== true) };
  const until = performance.now() + within;
  for (;;) {
    const bad = (await askHealth(own)).filter((one) => !one.ok);
    const failed = await failedUnits(bundle);
    if (bad.length === 0 && failed.length === 0) return;
    // systemd starts again what may be started again; a unit that failed for good will not come back by waiting.
    if (failed.length > 0 || performance.now() > until) {
      const lines = [...bad.map((one) => `${one.url}: ${one.detail}`), ...failed.map((name) => `${name} failed`)];
      throw new HostError("unhealthy", lines.join("\n"));
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Failed for good, or started again and again: both will not come right by waiting. */
async function failedUnits(bundle: Bundle): Promise<string[]> {
  const { stdout } = await attempt("systemctl", ["--failed", "--no-legend", "--plain"]);
  const failed = new Set(stdout.split("\n").map((line) => line.split(" ")[0] ?? ""));
  for (const { name } of bundle.units) {
    const restarts = (await attempt("systemctl", ["show", name, "-p", "NRestarts", "--value"])).stdout.trim();
    if (Number(restarts) >= 3) failed.add(name);
  }
  return [...failed].filter((name) => bundle.units.some((unit) => unit.name === name));
}

/** Over TLS the host's own name is asked of this machine; whose certificate it is, the operator's side checks. */
function askOne(url: string): Promise<HealthResult> {
  const { protocol, hostname, port, pathname, search } = new URL(url);
  const secure = protocol === "https:";
  const options = {
    host: "127.0.0.1",
    port: port === "" ? (secure ? 443 : 80) : Number(port),
    path: `${pathname}${search}`,
    headers: { host: hostname },
    timeout: 5_000,
  };
  return new Promise((resolve) => {
    const request = secure ? httpsRequest({ ...options, servername: hostname, rejectUnauthorized: false }) : httpRequest(options);
    request.on("response", (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      resolve({ url, ok: status >= 200 && status < 300, detail: `status ${status}` });
    });
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", (error: NodeJS.ErrnoException) => resolve({ url, ok: false, detail: error.code ?? error.message }));
    request.end();
  });
}
