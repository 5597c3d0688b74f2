import type { Manifest } from "./archive/manifest.ts";
import type { PartSource } from "./archive/parts.ts";
import type { Bundle } from "./bundle.ts";
import type { Report } from "./progress.ts";

/** What every step of an installation knows. */
export interface Context {
  readonly report: Report;
  readonly source: PartSource;
  readonly manifest: Manifest;
  readonly bundle: Bundle;
  /** Paths whose content, mode or owner this run changed; `/opt/yizhan/current` for a switched release. */
  readonly changed: Set<string>;
}

/** Notes a change and says so. */
export function noteChange(context: Pick<Context, "changed" | "report">, path: string, what: string = path): void {
  context.changed.add(path);
  context.report({ type: "changed", what });
}
