/** What the installer says while it works: one JSON object a line with `--json`, a sentence a line without. */
export type HostEvent =
  | { readonly type: "step"; readonly step: string; readonly state: "started" | "done" | "unchanged"; readonly ms?: number }
  | { readonly type: "progress"; readonly step: string; readonly done: number; readonly total: number; readonly item: string }
  | { readonly type: "note"; readonly text: string }
  | { readonly type: "changed"; readonly what: string }
  | { readonly type: "failed"; readonly code: string; readonly message: string; readonly remedy: string }
  | { readonly type: "result"; readonly result: unknown };

export type Report = (event: HostEvent) => void;

export function jsonReport(write: (text: string) => void): Report {
  return (event) => write(`${JSON.stringify(event)}\n`);
}

export function textReport(write: (text: string) => void): Report {
  return (event) => {
    switch (event.type) {
      case "step":
        if (event.state === "started") write(`· ${event.step}\n`);
        else if (event.state === "done") write(`  ${event.step}: done in ${((event.ms ?? 0) / 1000).toFixed(1)} s\n`);
        return;
      case "progress":
        write(`  ${event.step}: ${event.done}/${event.total} ${event.item}\n`);
        return;
      case "note":
        write(`  ${event.text}\n`);
        return;
      case "changed":
        write(`  changed: ${event.what}\n`);
        return;
      case "failed":
        write(`${event.code}: ${event.message}\n${event.remedy}\n`);
        return;
      case "result":
        write(`${JSON.stringify(event.result, null, 2)}\n`);
    }
  };
}
