import { X509Certificate } from "node:crypto";
import { access, readdir, readFile, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { attempt } from "../shell.ts";
import type { AgentConfig } from "./config.ts";

export type CheckKind = "sealed" | "service" | "backup" | "restore" | "certificate" | "disk" | "memory" | "units";

export interface Finding {
  /** Stays the same from look to look. */
  readonly id: string;
  readonly kind: CheckKind;
  readonly ok: boolean;
  /** Figures for whoever repairs it; nothing of a patient can be in it. */
  readonly detail: string;
}

const hour = 3_600_000;

/** Looks at everything once. A look that fails is a finding, never an error. */
export async function look(config: AgentConfig, now: number): Promise<Finding[]> {
  const all = [
    ...(config.root === undefined ? [] : [unsealed(config.root, config.country)]),
    ...config.urls.map((one) => service(one.name, one.url)),
    ...config.times.map((one) => recent(one, now)),
    ...config.fresh.map((one) => fresh(one, now)),
    certificate(config.certificate, now),
    disk(config.disk),
    memory(config.memory),
    ...(config.units ? [units()] : []),
  ];
  return Promise.all(all);
}

async function judged(id: string, kind: CheckKind, judge: () => Promise<{ ok: boolean; detail: string }>): Promise<Finding> {
  try {
    return { id, kind, ...(await judge()) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : error instanceof Error ? error.name : "unknown";
    return { id, kind, ok: false, detail: code };
  }
}

const unsealed = (root: string, country: string) =>
  judged("sealed", "sealed", async () => {
    const there = await access(root).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return false;
        throw error;
      },
    );
    return { ok: there, detail: there ? "unsealed" : `sealed: yizhan unseal ${country}` };
  });

const service = (name: string, url: string) =>
  judged(`service:${name}`, "service", async () => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000), redirect: "manual" });
    await answer.body?.cancel();
    return { ok: answer.ok, detail: `HTTP ${answer.status}` };
  });

const recent = ({ name, url, metric, hours }: AgentConfig["times"][number], now: number) =>
  judged(`time:${name}`, name.includes("restore") ? "restore" : "backup", async () => {
    const text = await (await fetch(url, { signal: AbortSignal.timeout(10_000) })).text();
    const value = text
      .split("\n")
      .find((line) => line.startsWith(`${metric} `))
      ?.slice(metric.length + 1);
    if (value === undefined) return { ok: false, detail: `${metric} is missing` };
    return aged(Number(value) * 1_000, hours, now);
  });

const fresh = ({ name, folder, pattern, hours }: AgentConfig["fresh"][number], now: number) =>
  judged(`fresh:${name}`, "backup", async () => {
    const names = (await readdir(folder)).filter((one) => new RegExp(pattern).test(one));
    const times = await Promise.all(names.map(async (one) => (await stat(join(folder, one))).mtimeMs));
    return aged(Math.max(0, ...times), hours, now);
  });

function aged(at: number, hours: number, now: number): { ok: boolean; detail: string } {
  if (at === 0) return { ok: false, detail: "never" };
  const age = (now - at) / hour;
  return { ok: age <= hours, detail: `${age.toFixed(1)} h ago, at most ${hours} h` };
}

const certificate = ({ path, days }: AgentConfig["certificate"], now: number) =>
  judged("certificate", "certificate", async () => {
    const { validTo } = new X509Certificate(await readFile(path));
    const left = Math.floor((Date.parse(validTo) - now) / (24 * hour));
    return { ok: left >= days, detail: `${left} d left` };
  });

const disk = ({ path, freePercent }: AgentConfig["disk"]) =>
  judged("disk", "disk", async () => {
    const { bavail, blocks } = await statfs(path);
    const free = (100 * bavail) / blocks;
    return { ok: free >= freePercent, detail: `${free.toFixed(0)} % free` };
  });

const memory = ({ freePercent }: AgentConfig["memory"]) =>
  judged("memory", "memory", async () => {
    const text = await readFile("/proc/meminfo", "utf8");
    const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1]);
    const free = (100 * field("MemAvailable")) / field("MemTotal");
    return { ok: free >= freePercent, detail: `${free.toFixed(0)} % free` };
  });

const units = () =>
  judged("units", "units", async () => {
    const { code, stdout } = await attempt("systemctl", ["--failed", "--plain", "--no-legend", "--no-pager"]);
    const failed = stdout
      .split("\n")
      .map((line) => line.split(" ")[0] ?? "")
      .filter((name) => name !== "");
    return { ok: code === 0 && failed.length === 0, detail: failed.length === 0 ? "none failed" : failed.join(", ") };
  });
