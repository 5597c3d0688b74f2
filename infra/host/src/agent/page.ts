import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "../files.ts";
import type { Finding } from "./checks.ts";
import type { AgentConfig } from "./config.ts";
import { own } from "./memory.ts";
import { wordsFor } from "./words.ts";

/** The page for people: one sentence, then a line a check. Details stay with whoever looks after the machine. */
export function healthPage({ language, station }: AgentConfig, findings: readonly Finding[], now: number): string {
  const words = wordsFor(language);
  const kinds = [...new Set(findings.map((one) => one.kind))];
  const good = findings.every((one) => one.ok);
  const rows = kinds.map((kind) => {
    const ok = findings.every((one) => one.kind !== kind || one.ok);
    return `<li class="${ok ? "ok" : "bad"}"><span aria-hidden="true">${ok ? "✓" : "✗"}</span> ${escaped(words.kinds[kind])}: ${escaped(ok ? words.allGood : words.states.bad)}</li>`;
  });
  const at = new Date(now).toISOString();
  return `<!doctype html>
<html lang="${escaped(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="60">
<title>${escaped(station)}: ${escaped(words.title)}</title>
<style>
:root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif; }
body { max-inline-size: 40rem; margin: 2rem auto; padding-inline: 1rem; }
ul { list-style: none; padding: 0; }
li { padding-block: 0.5rem; border-block-end: 1px solid; }
.bad { font-weight: bold; }
</style>
</head>
<body>
<main>
<h1>${escaped(words.title)}</h1>
<p role="status"><strong>${escaped(good ? words.allGood : words.trouble)}</strong></p>
<ul>
${rows.join("\n")}
</ul>
${good ? "" : `<p>${escaped(words.call)}</p>`}
<p>${escaped(words.asOf)}: <time datetime="${at}">${at.slice(0, 16).replace("T", " ")} UTC</time></p>
</main>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

export async function writePage(config: AgentConfig, findings: readonly Finding[], now: number): Promise<void> {
  await mkdir(config.page, { recursive: true, mode: 0o755 });
  await writeWhole(join(config.page, "index.html"), healthPage(config, findings, now), 0o644, own());
}
