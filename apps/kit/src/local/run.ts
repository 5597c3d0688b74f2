import { writeJson } from "./data-folder.ts";
import type { Layout } from "./layout.ts";
import { type LocalOptions, type ProcessPlan, writeConfigs } from "./configs.ts";
import type { PlannedNode } from "./plan.ts";
import { type NodeSecrets, nodeSecrets, writeInvitation, writeInvitations } from "./secrets.ts";
import { type ProcessStatus, Supervised } from "./supervisor.ts";

/** A hub and stations on this machine, each process supervised. */
export class LocalRun {
  readonly #paths: Layout;
  readonly #options: LocalOptions;
  readonly #nodes: readonly PlannedNode[];
  readonly #changed: (status: ProcessStatus) => void;
  readonly #secrets = new Map<string, NodeSecrets>();
  readonly #processes: Supervised[] = [];

  constructor(paths: Layout, options: LocalOptions, nodes: readonly PlannedNode[], changed: (status: ProcessStatus) => void) {
    this.#paths = paths;
    this.#options = options;
    this.#nodes = nodes;
    this.#changed = changed;
  }

  get nodes(): readonly PlannedNode[] {
    return this.#nodes;
  }

  /** Makes keys and configuration, once and for all runs. */
  async prepare(): Promise<void> {
    for (const node of this.#nodes) this.#secrets.set(node.code, await nodeSecrets(this.#paths, node));
  }

  secretsOf(code: string): NodeSecrets {
    const secrets = this.#secrets.get(code);
    if (secrets === undefined) throw new TypeError(`prepare() has not run for ${code}`);
    return secrets;
  }

  /** Starts one node; a station after its hub, whose keys its invitation carries. */
  async startNode(node: PlannedNode): Promise<void> {
    const hub = this.#nodes.find((other) => other.role === "hub");
    const stations = this.#nodes.filter((other) => other.role === "station");
    const invitations = node.role === "hub" ? await writeInvitations(this.#paths, node, stations) : undefined;
    if (node.role === "station" && hub !== undefined) {
      await writeInvitation(this.#paths, hub, `http://${this.#options.host}:${hub.port}`, node);
    }
    const plans = await writeConfigs(this.#paths, this.#options, node, this.secretsOf(node.code), { hub, invitations });
    await Promise.all(plans.map((plan) => this.#start(plan)));
  }

  async #start(plan: ProcessPlan): Promise<void> {
    const supervised = new Supervised(plan, this.#changed);
    this.#processes.push(supervised);
    await supervised.start();
  }

  status(): ProcessStatus[] {
    return this.#processes.map((supervised) => supervised.status());
  }

  /** `local.json`: for scripts on this machine only, readable by this user only. */
  async writeLocalJson(): Promise<void> {
    await writeJson(this.#paths.localJson, {
      nodes: this.#nodes.map((node) => {
        const secrets = this.secretsOf(node.code);
        const url = `http://${this.#options.host}:${node.port}`;
        return {
          code: node.code,
          role: node.role,
          url,
          data: this.#paths.node(node.code).directory,
          staff: secrets.staff,
          ...(node.speechPort === undefined
            ? {}
            : {
                speechUrl: `http://${this.#options.host}:${node.speechPort}`,
                speechToken: secrets.speechToken,
                fhirUrl: `${url}/fhir`,
                apiToken: secrets.apiToken,
              }),
        };
      }),
    });
  }

  /** Stops stations before the hub, so that what they still send arrives. */
  async stop(): Promise<void> {
    const hubs = this.#processes.filter((supervised) => supervised.plan.app === "hub");
    const others = this.#processes.filter((supervised) => supervised.plan.app !== "hub");
    await Promise.all(others.map((supervised) => supervised.stop()));
    await Promise.all(hubs.map((supervised) => supervised.stop()));
  }
}
