import { access, mkdir, writeFile } from "node:fs/promises";
import { confirm, intro, isCancel, outro, select, text as ask } from "@clack/prompts";
import { countryFacts, loadRegion, type Region } from "@yizhan/region";
import { KitError } from "../errors.ts";
import { openFleet } from "../fleet/fleet-folder.ts";
import { hostKeyFingerprint, scanHostKey } from "../fleet/host-key.ts";
import { isAddress, isHostName, type SiteAnswers, siteText } from "../fleet/new-site.ts";
import { regionsFolder } from "../fleet/stations.ts";
import { operatorLanguage } from "../environment.ts";
import type { Text } from "../text.ts";

export interface NewOptions {
  readonly fleet: string;
  readonly size?: string;
  readonly host?: string;
  readonly port: number;
  readonly user: string;
  readonly identity?: string;
  readonly hostKey?: string;
  readonly fingerprint?: string;
  readonly awsRegion?: string;
  readonly account?: string;
  readonly name?: string;
  readonly address?: string;
  readonly acme?: string;
  readonly hubUrl?: string;
  readonly invitation?: string;
  readonly hubAuthority?: string;
  readonly email?: string;
  readonly relay?: string;
  readonly webhook?: string;
  readonly jitsi?: string;
}

/** `yizhan new MZ`: asks what cannot be known, in the operator's language, and writes `fleet/MZ.yaml`. With flags it asks nothing that they say. */
export async function create(given: string, options: NewOptions, text: Text): Promise<void> {
  const region = await loadRegion(regionsFolder, given.toUpperCase());
  const fleet = await openFleet(options.fleet);
  const path = fleet.sitePath(region.code);
  if (await exists(path)) throw new KitError("file-exists", { path });
  const person = process.stdin.isTTY ? new Person(text) : undefined;
  if (person !== undefined) intro(text("new.intro", { country: countryFacts(region.code).nameIn(operatorLanguage()) }));
  const answers = await answersFor(region, options, new Questions(person, text), text);
  await mkdir(fleet.path, { recursive: true, mode: 0o700 });
  await writeFile(path, siteText(region, answers), { flag: "wx", mode: 0o600 });
  const done = text("new.done", { path, country: region.code });
  if (person === undefined) console.log(done);
  else outro(done);
}

async function answersFor(region: Region, options: NewOptions, questions: Questions, text: Text): Promise<SiteAnswers> {
  const size = await questions.choose("size", options.size, ["clinic", "district", "national"]);
  const allowed = region.hosting.flatMap((one) => (one.kind === "aws" && one.region !== undefined ? [one.region] : []));
  const kinds = allowed.length > 0 ? (["debian", "aws"] as const) : (["debian"] as const);
  const kind = await questions.choose(
    "kind",
    options.awsRegion === undefined ? (options.host === undefined ? undefined : "debian") : "aws",
    kinds,
  );
  const target = kind === "aws" ? await awsTarget(options, allowed, questions) : await debianTarget(options, questions, text);
  const name = await questions.say("name", options.name, isHostName);
  const known = target.kind === "debian" && isAddress(target.host) ? target.host : undefined;
  const address = options.address ?? known ?? (await questions.say("address", undefined, isAddress));
  const hub = region.role === "hub" ? undefined : await hubOf(options, questions);
  const email =
    options.email ??
    (options.webhook === undefined
      ? await questions.say("email", undefined, (answer) => /^\S+@\S+\.\S+$/.test(answer))
      : undefined);
  // AWS sends mail by itself; a host of one's own needs somebody who takes it.
  const relay =
    email === undefined || kind === "aws"
      ? undefined
      : await questions.say("relay", options.relay, (answer) => /^(?:smtp|starttls|smtps):\/\/[\w.-]+:\d+$/.test(answer));
  return {
    size,
    target,
    name,
    address,
    ...(options.acme === undefined ? {} : { acme: options.acme }),
    ...(hub === undefined ? {} : { hub }),
    alerts: {
      ...(email === undefined ? {} : { email }),
      ...(relay === undefined ? {} : { relay }),
      ...(options.webhook === undefined ? {} : { webhook: options.webhook }),
    },
    ...(options.jitsi === undefined ? {} : { jitsi: options.jitsi }),
  };
}

async function awsTarget(options: NewOptions, allowed: readonly string[], questions: Questions): Promise<SiteAnswers["target"]> {
  const region = await questions.choose("aws-region", options.awsRegion, allowed);
  return { kind: "aws", region, account: await questions.say("account", options.account, (answer) => /^\d{12}$/.test(answer)) };
}

async function debianTarget(options: NewOptions, questions: Questions, text: Text): Promise<SiteAnswers["target"]> {
  const host = await questions.say("host", options.host, (answer) => isAddress(answer) || isHostName(answer));
  const { port, user } = options;
  return {
    kind: "debian",
    host,
    port,
    user,
    hostKey: options.hostKey ?? (await comparedKey(host, port, options.fingerprint, questions, text)),
    ...(options.identity === undefined ? {} : { identity: options.identity }),
  };
}

/** The host's key, taken only after its fingerprint was compared: by a person, or with the one given. */
async function comparedKey(
  host: string,
  port: number,
  fingerprint: string | undefined,
  questions: Questions,
  text: Text,
): Promise<string> {
  const key = await scanHostKey(host, port);
  const found = hostKeyFingerprint(key);
  if (fingerprint !== undefined) {
    if (fingerprint !== found) throw new KitError("host-key-changed", { host, port, user: "", reason: found });
    return key;
  }
  if (!(await questions.agree(text("new.compare", { host, fingerprint: found }))))
    throw new KitError("host-key-not-compared", { host, fingerprint: found });
  return key;
}

async function hubOf(options: NewOptions, questions: Questions): Promise<SiteAnswers["hub"]> {
  if (options.hubUrl === undefined && !(await questions.agree(questions.text("new.ask.hub"), false))) return undefined;
  const url = await questions.say("hub-url", options.hubUrl, (answer) => /^https:\/\/\S+$/.test(answer));
  const invitation = await questions.say("invitation", options.invitation, (answer) => answer !== "");
  return { url, invitation, ...(options.hubAuthority === undefined ? {} : { authority: options.hubAuthority }) };
}

/** A person at a terminal. */
class Person {
  readonly #text: Text;

  constructor(text: Text) {
    this.#text = text;
  }

  async choose(message: string, options: readonly { value: string; label: string }[]): Promise<string> {
    return this.#answered(await select({ message, options: [...options] }));
  }

  async say(message: string, fits: (answer: string) => boolean): Promise<string> {
    const validate = (answer: string | undefined) => (fits((answer ?? "").trim()) ? undefined : this.#text("new.not-so"));
    return this.#answered(await ask({ message, validate })).trim();
  }

  async agree(message: string): Promise<boolean> {
    return this.#answered(await confirm({ message, initialValue: false }));
  }

  /** Ctrl-C is an answer too: nothing is written. */
  #answered<T>(answer: T): Exclude<T, symbol> {
    if (isCancel(answer)) throw new KitError("stopped");
    return answer as Exclude<T, symbol>;
  }
}

/** What the flags say is not asked; without a person, what they leave out is an error that names the flag. */
class Questions {
  readonly #person: Person | undefined;
  readonly text: Text;

  constructor(person: Person | undefined, text: Text) {
    this.#person = person;
    this.text = text;
  }

  async choose<T extends string>(what: string, given: string | undefined, among: readonly T[]): Promise<T> {
    const [only] = among;
    const answer =
      given ??
      (among.length === 1
        ? only
        : await this.#need(what).choose(
            this.text(`new.ask.${what}`),
            among.map((value) => ({ value, label: what === "aws-region" ? value : this.text(`new.${what}.${value}`) })),
          ));
    const found = among.find((one) => one === answer);
    if (found === undefined) throw new KitError("invalid-argument", { argument: `--${what} ${answer ?? ""}` });
    return found;
  }

  async say(what: string, given: string | undefined, fits: (answer: string) => boolean): Promise<string> {
    const answer = given ?? (await this.#need(what).say(this.text(`new.ask.${what}`), fits));
    if (!fits(answer)) throw new KitError("invalid-argument", { argument: `--${what} ${answer}` });
    return answer;
  }

  /** Without a person: `otherwise`; where that is left out, nobody has agreed. */
  async agree(message: string, otherwise = false): Promise<boolean> {
    return this.#person === undefined ? otherwise : this.#person.agree(message);
  }

  #need(what: string): Person {
    if (this.#person === undefined) throw new KitError("option-missing", { option: `--${what}` });
    return this.#person;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
