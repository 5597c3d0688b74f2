import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { ProcessPlan } from "./configs.ts";
import { type ProcessStatus, Supervised } from "./supervisor.ts";

/** Real processes that say "ready" as ours do, in the shapes that go wrong. */

const ready = `process.on("SIGTERM", () => process.exit(0)); process.on("disconnect", () => process.exit(0)); process.send({ type: "ready", url: "http://x" });`;
const started: Supervised[] = [];

async function supervise(source: string): Promise<{
  supervised: Supervised;
  until: (wanted: (status: ProcessStatus) => boolean) => Promise<ProcessStatus>;
  plan: ProcessPlan;
}> {
  const folder = await mkdtemp(join(tmpdir(), "yizhan-supervisor-"));
  const plan: ProcessPlan = {
    name: "MZ station",
    code: "MZ",
    app: "station",
    main: join(folder, "main.mjs"),
    config: join(folder, "config.json"),
    log: join(folder, "station.log"),
    url: "http://127.0.0.1:1",
  };
  await writeFile(plan.main, source);
  const waiting: { wanted: (status: ProcessStatus) => boolean; resolve: (status: ProcessStatus) => void }[] = [];
  const supervised = new Supervised(plan, (status) => {
    for (const one of waiting) if (one.wanted(status)) one.resolve(status);
  });
  started.push(supervised);
  return { supervised, plan, until: (wanted) => new Promise((resolve) => waiting.push({ wanted, resolve })) };
}

afterEach(() => Promise.all(started.splice(0).map((supervised) => supervised.stop())));

const alive = (pid: number | undefined) => {
  if (pid === undefined) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
};

describe("a supervised process", () => {
  it("is ready when it says so, and gone when it is stopped", async () => {
    const { supervised } = await supervise(`${ready} setInterval(() => {}, 1000);`);
    await supervised.start();
    const { pid, state } = supervised.status();
    expect(state).toBe("ready");
    expect(alive(pid)).toBe(true);
    await supervised.stop();
    expect(alive(pid)).toBe(false);
    expect(supervised.status().state).toBe("stopped");
  });

  it("is started again when it is killed", async () => {
    const { supervised, until } = await supervise(`${ready} setInterval(() => {}, 1000);`);
    await supervised.start();
    const first = supervised.status().pid;
    const again = until((status) => status.state === "ready" && status.pid !== first);
    process.kill(first ?? 0, "SIGKILL");
    expect((await again).restarts).toBe(1);
  });

  it("that ends before it is ready says where its last words are", async () => {
    const { supervised, plan } = await supervise(`console.log("the port is taken"); process.exit(3);`);
    await expect(supervised.start()).rejects.toMatchObject({
      code: "process-did-not-start",
      values: { log: plan.log, reason: "exit 3" },
    });
    expect(await readFile(plan.log, "utf8")).toContain("the port is taken");
    expect(supervised.status().state).toBe("stopped");
  });

  it("gets no secret of the operator's shell", async () => {
    process.env.AWS_SECRET_ACCESS_KEY = "never to be passed on";
    const { supervised, plan } = await supervise(
      `console.log(JSON.stringify(process.env)); ${ready} setInterval(() => {}, 1000);`,
    );
    await supervised.start();
    await supervised.stop();
    delete process.env.AWS_SECRET_ACCESS_KEY;
    const log = await readFile(plan.log, "utf8");
    expect(log).toContain("YIZHAN_CONFIG");
    expect(log).not.toContain("never to be passed on");
  });
});
