import { readFile } from "node:fs/promises";

/** Where a command of a page is given, as the word after `sh` of its block says. */
export interface HandbookCommand {
  readonly section: string;
  readonly where: string;
  readonly line: string;
}

/** The commands of a page's fenced `sh` blocks, in their order; a test strikes off what it ran. */
export interface Handbook {
  readonly commands: readonly HandbookCommand[];
  /** The one command that begins so; it counts as run. Throws where there is none, or more than one that differ. */
  take(start: string): string;
  /** Lines that nobody took. */
  left(): string[];
  /** Inline code of the list under a heading: what the page itself says of its commands. */
  listed(heading: string): string[];
}

export async function readHandbook(path: string): Promise<Handbook> {
  const text = await readFile(path, "utf8");
  const commands: HandbookCommand[] = [];
  let section = "";
  let where: string | undefined;
  for (const line of text.split("\n")) {
    const fence = /^```(?:sh (\w+))?/.exec(line);
    if (fence !== null) where = where === undefined ? fence[1] : undefined;
    else if (where !== undefined && line.trim() !== "") commands.push({ section, where, line });
    else if (line.startsWith("## ")) section = line.slice(3);
  }
  const taken = new Set<string>();
  return {
    commands,
    take(start) {
      const found = new Set(commands.filter((one) => one.line.startsWith(start)).map((one) => one.line));
      const [line] = found;
      if (line === undefined || found.size > 1) throw new Error(`${found.size} commands of ${path} begin with: ${start}`);
      taken.add(line);
      return line;
    },
    left: () => commands.map((one) => one.line).filter((line) => !taken.has(line)),
    listed(heading) {
      const part = text.slice(text.indexOf(`\n## ${heading}\n`)).split("\n## ")[1] ?? "";
      return [...part.matchAll(/^- `([^`]+)`/gm)].map(([, code = ""]) => code);
    },
  };
}
