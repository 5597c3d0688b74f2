import Table from "cli-table3";
import type { Text } from "../text.ts";
import type { Layout } from "./layout.ts";
import type { LocalRun } from "./run.ts";

/** The table of addresses and who each is for. */
export function summary(run: LocalRun, paths: Layout, text: Text): string {
  const table = new Table({ head: [text("up.who"), text("up.address"), text("up.sign-in")], style: { head: [], border: [] } });
  for (const node of run.nodes) {
    const url = `http://127.0.0.1:${node.port}`;
    const signIn = (role: string) => {
      const account = run.secretsOf(node.code).staff.find((one) => one.role === role);
      return account === undefined ? "" : `${account.name} / ${account.passphrase}`;
    };
    const row = (who: string, path: string, role?: string) =>
      table.push([`${node.code} ${text(`up.${who}`)}`, `${url}${path}`, role === undefined ? "—" : signIn(role)]);
    if (node.role === "hub") row("fleet", "/", "operator");
    else {
      row("care", "/");
      row("desk", "/desk", "clinician");
      row("booth", "/booth", "interpreter");
      // Folders made before there were pharmacists have none.
      if (signIn("pharmacist") !== "") row("reviews", "/desk", "pharmacist");
    }
  }
  return `${table.toString()}\n${text("up.data", { path: paths.data, json: paths.localJson })}`;
}
