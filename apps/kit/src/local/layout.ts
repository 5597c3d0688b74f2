import { join } from "node:path";

/** Where a local run keeps its state, below `--data DIR`. */
export interface Layout {
  readonly data: string;
  /** Says that the folder is ours and in which form. */
  readonly marker: string;
  /** For scripts, 0600: addresses and tokens. */
  readonly localJson: string;
  readonly models: string;
  node(code: string): NodeLayout;
}

export interface NodeLayout {
  readonly directory: string;
  readonly secrets: string;
  readonly logs: string;
  readonly identity: string;
}

export function layout(data: string): Layout {
  return {
    data,
    marker: join(data, "yizhan.json"),
    localJson: join(data, "local.json"),
    models: join(data, "models"),
    node(code) {
      const directory = join(data, code);
      return {
        directory,
        secrets: join(directory, "secrets"),
        logs: join(directory, "logs"),
        identity: join(directory, "identity.json"),
      };
    },
  };
}
