import { resolve } from "node:path";
import Table from "cli-table3";
import { KitError } from "../errors.ts";
import { ask } from "../local/control.ts";
import { printBackups } from "../local/backup-times.ts";
import type { Text } from "../text.ts";

/** `yizhan status`: what the local run says of its processes. Exit code 1 where one is not ready. */
export async function status(options: { data: string; json?: boolean }, text: Text): Promise<void> {
  const data = resolve(options.data);
  const answer = await ask(data, "status");
  if (options.json === true) console.log(JSON.stringify(answer ?? { processes: [] }, null, 2));
  if (answer === undefined) throw new KitError("not-running", { path: data });
  if (options.json !== true) {
    const table = new Table({
      head: ["process", "state", "address", "restarts", "pid"].map((column) => text(`status.${column}`)),
      style: { head: [], border: [] },
    });
    for (const one of answer.processes) table.push([one.name, text(`state.${one.state}`), one.url, one.restarts, one.pid ?? ""]);
    console.log(table.toString());
    for (const one of answer.processes) if (one.app === "station") await printBackups(one.code, data, text);
  }
  if (answer.processes.some((one) => one.state !== "ready")) process.exitCode = 1;
}

/** `yizhan down`: stops the local run and waits until all of it is gone. Its data stays. */
export async function down(options: { data: string }, text: Text): Promise<void> {
  const data = resolve(options.data);
  const answer = await ask(data, "down");
  if (answer === undefined) throw new KitError("not-running", { path: data });
  console.log(text("down.done", { count: answer.processes.length }));
}
