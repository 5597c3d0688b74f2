import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Listr } from "listr2";
import { root } from "../environment.ts";
import { KitError } from "../errors.ts";
import { takeControl } from "../local/control.ts";
import { openDataFolder } from "../local/data-folder.ts";
import { layout } from "../local/layout.ts";
import { planNodes } from "../local/plan.ts";
import { checkPorts } from "../local/ports.ts";
import { LocalRun } from "../local/run.ts";
import { summary } from "../local/summary.ts";
import { fetchModelsFor } from "../models.ts";
import type { Text } from "../text.ts";
import { buildWeb } from "../web-build.ts";

export interface UpOptions {
  readonly data: string;
  readonly portBase: number;
  readonly models?: string;
  /** Origin of a Jitsi that takes the stations' tokens. */
  readonly meet?: string;
}

const host = "127.0.0.1";

/** `yizhan up CN MZ --local`: runs in the foreground until Ctrl-C, SIGTERM or `yizhan down`. */
export async function up(codes: readonly string[], options: UpOptions, text: Text): Promise<void> {
  if (codes.length === 0) throw new KitError("country-missing");
  const data = resolve(options.data);
  const paths = layout(data);
  const regions = join(root, "regions");
  const models = options.models === undefined ? paths.models : resolve(options.models);
  const nodes = await planNodes(regions, codes, options.portBase);
  await openDataFolder(paths);

  const startedAt = Date.now();
  let ready = false;
  const run = new LocalRun(paths, { host, regions, models, meet: options.meet }, nodes, (status) => {
    if (ready && (status.state === "waiting" || (status.state === "ready" && status.restarts > 0))) {
      console.error(text(`up.${status.state}`, { name: status.name }));
    }
  });

  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= stopAll());
  async function stopAll(): Promise<void> {
    await run.stop();
    await rm(paths.localJson, { force: true });
    finish();
  }
  const control = await takeControl(data, {
    status: () => ({ pid: process.pid, startedAt, ready, processes: run.status() }),
    down: stop,
  });
  const onSignal = () => {
    if (stopping === undefined) console.error(text("up.stopping"));
    void stop();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  try {
    await checkPorts(
      host,
      nodes.flatMap((node) => (node.speechPort === undefined ? [node.port] : [node.port, node.speechPort])),
    );
    await run.prepare();
    await steps(run, models, text).run();
    if (stopping === undefined) {
      await run.writeLocalJson();
      ready = true;
      console.log(summary(run, paths, text));
      console.log("ready");
    }
    await finished;
  } catch (error) {
    await stop();
    throw error;
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
    await control.close();
  }
}

function steps(run: LocalRun, models: string, text: Text): Listr {
  return new Listr(
    [
      {
        title: text("up.step.web"),
        task: async (_, task) => {
          if (!(await buildWeb())) task.skip(text("up.step.web-fresh"));
        },
      },
      {
        title: text("up.step.models"),
        task: async (_, task) => {
          const missing = await fetchModelsFor(
            run.nodes.map((node) => node.region),
            models,
            (line) => (task.output = line),
          );
          if (missing.length > 0) task.title = text("up.step.models-missing", { models: missing.join(", ") });
        },
        rendererOptions: { persistentOutput: false },
      },
      ...run.nodes.map((node) => ({
        title: text("up.step.node", { code: node.code, role: node.role }),
        task: () => run.startNode(node),
      })),
    ],
    { concurrent: false, exitOnError: true },
  );
}
