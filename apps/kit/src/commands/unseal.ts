import { text as line } from "node:stream/consumers";
import { isCancel, note, password, text as ask } from "@clack/prompts";
import { checkShare, type ShareSet, VaultError } from "@yizhan/vault";
import type { Command } from "commander";
import { z } from "zod";
import { KitError } from "../errors.ts";
import { eventLine, stationHost } from "../fleet/deploy-station.ts";
import { defaultFleet } from "../environment.ts";
import { openFleet } from "../fleet/fleet-folder.ts";
import { hostVerb } from "../fleet/host-verb.ts";
import { openStation } from "../fleet/stations.ts";
import type { Text } from "../text.ts";

const stateSchema = z.object({
  kind: z.enum(["passphrase", "shares"]),
  sealed: z.boolean(),
  first: z.boolean(),
  people: z.number().optional(),
  needed: z.number().optional(),
  set: z.custom<ShareSet>((value) => typeof value === "object" && value !== null).optional(),
});
type State = z.infer<typeof stateSchema>;

const doneSchema = z.object({ shares: z.array(z.string()) });

interface UnsealOptions {
  readonly fleet: string;
  readonly anew?: boolean;
}

/** What people type: asked for here, sent through SSH into the installer's standard input, kept nowhere. */
interface Typed {
  readonly passphrase?: string;
  readonly shares?: readonly string[];
}

/** `yizhan unseal MZ`: opens a station with what people know, the first time, after each start of its machine, or anew. */
export function unsealCommand(yizhan: Command, text: Text): void {
  yizhan
    .command("unseal")
    .description(text("unseal.about"))
    .argument("<country>")
    .option("--fleet <dir>", text("fleet.option.fleet"), defaultFleet())
    .option("--anew", text("unseal.option.anew"))
    .action((country: string, options: UnsealOptions) => unseal(country.toUpperCase(), options, text));
}

async function unseal(country: string, { fleet, anew = false }: UnsealOptions, text: Text): Promise<void> {
  const folder = await openFleet(fleet);
  const station = await openStation(folder, country, { madeUp: false });
  // A serial console tells no width, and the prompts would write one letter a line.
  if (process.stdout.isTTY && process.stdout.columns === 0) process.stdout.columns = 80;
  const host = await stationHost(folder.path, station);
  try {
    const state = stateSchema.parse((await hostVerb(host, "seal-state")).result);
    if (!state.sealed && !anew) return console.log(text("unseal.open", { country }));
    const make = state.first ? "first" : anew ? "anew" : undefined;
    const typed = make === undefined ? await known(state, text) : await made(state, text);
    const { result } = await hostVerb(host, "unseal", {
      input: JSON.stringify({ ...typed, ...(make === undefined ? {} : { make }) }),
      onEvent: (event) => {
        const said = eventLine(event, text);
        if (said !== undefined) console.error(said);
      },
    });
    await handOut(doneSchema.parse(result).shares, state, text);
    console.log(text(make === "anew" ? "unseal.anew" : "unseal.done", { country }));
  } finally {
    await host.close();
  }
}

/** What opens the root that is there. Without a terminal: a passphrase, or a share a line, on standard input. */
async function known({ kind, needed = 0, set }: State, text: Text): Promise<Typed> {
  if (!process.stdin.isTTY) return piped(kind);
  if (kind === "passphrase") return { passphrase: await hidden(text("unseal.passphrase")) };
  const shares: string[] = [];
  const numbers = new Map<number, number>();
  while (shares.length < needed) {
    const number = shares.length + 1;
    const share = await hidden(text("unseal.share", { number, needed }), (typed) => {
      const found = set === undefined ? number : numberOf(typed, set);
      if (found === undefined) return text("unseal.share.wrong");
      return numbers.has(found) ? text("unseal.share.again", { number: found }) : undefined;
    });
    shares.push(share);
    if (set !== undefined) numbers.set(checkShare(share, set), number);
  }
  return { shares };
}

/** Undefined where it is mistyped, cut short, or of another set. */
function numberOf(share: string, set: ShareSet): number | undefined {
  try {
    return checkShare(share, set);
  } catch (error) {
    if (error instanceof VaultError) return undefined;
    throw error;
  }
}

/** What is to open the root from now on. */
async function made({ kind, people = 0, needed = 0 }: State, text: Text): Promise<Typed> {
  if (process.stdin.isTTY) note(text(`unseal.make.${kind}`, { people, needed }));
  if (kind === "shares") return {};
  if (!process.stdin.isTTY) return piped(kind);
  const passphrase = await hidden(text("unseal.passphrase.new"));
  if ((await hidden(text("unseal.passphrase.again"))) !== passphrase) throw new KitError("passphrase-differs");
  return { passphrase };
}

async function piped(kind: State["kind"]): Promise<Typed> {
  const lines = (await line(process.stdin)).split(/\r?\n/).filter((one) => one !== "");
  return kind === "passphrase" ? { passphrase: lines[0] ?? "" } : { shares: lines.map((one) => one.trim()) };
}

/** `wrong` says in one sentence why what was typed is asked for again. */
async function hidden(message: string, wrong: (typed: string) => string | undefined = () => undefined): Promise<string> {
  const answer = await password({ message, validate: (typed) => wrong(typed ?? "") });
  if (isCancel(answer)) throw new KitError("stopped");
  return answer;
}

/** In lines of six groups of four, to be copied by hand; typed, spaces, hyphens and case count for nothing. */
function onPaper(share: string): string {
  const groups = share.split("-");
  const lines = Array.from({ length: Math.ceil(groups.length / 6) }, (_, line) => groups.slice(6 * line, 6 * line + 6).join("-"));
  return lines.map((line) => `    ${line}`).join("\n");
}

/** Each share to its own person: on a terminal one after the other, and gone from the screen when it was written down. */
async function handOut(shares: readonly string[], { needed = 0 }: State, text: Text): Promise<void> {
  for (const [at, share] of shares.entries()) {
    if (!process.stdout.isTTY) {
      console.log(share);
      continue;
    }
    console.log(`\n${text("unseal.share.yours", { number: at + 1, people: shares.length, needed })}\n\n${onPaper(share)}\n`);
    await ask({ message: text("unseal.share.written"), defaultValue: "" });
    // The screen and what was scrolled away.
    process.stdout.write("\u001B[2J\u001B[3J\u001B[H");
  }
}
