import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The one place of the kit that reads the environment. */

/** The checkout or release this kit runs from. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

export const defaultData = join(root, ".yizhan");

/** The operator's folder of site files: beside where the command is given. */
export const defaultFleet = (): string => resolve("fleet");

/** Pulumi's own folder, with its engine and its plugins. */
export const pulumiHome = (): string => process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");

/** A folder as `/usr/share` of a host with Jitsi's packages, for the check of calls. */
export const jitsiFolder = (): string | undefined => process.env.YIZHAN_JITSI;

/** The operator's language as the terminal says it: `LC_ALL`, `LC_MESSAGES`, `LANG`. */
export function operatorLanguage(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const value = [environment.LC_ALL, environment.LC_MESSAGES, environment.LANG].find((name) => name !== undefined && name !== "");
  const tag = (value ?? "en").split(/[.@]/)[0]?.replace("_", "-") ?? "en";
  return tag === "C" || tag === "POSIX" ? "en" : tag;
}

const always = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"];
const network = /^(?:(?:https?|no|all)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR)|pip_\w+|npm_config_\w+)$/i;

/** What a child process needs and nothing else: no secret of the operator's shell reaches it. */
export function childEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...kept((name) => always.includes(name)), ...extra };
}

/** For ssh: the operator's agent too. */
export function sshEnvironment(): Record<string, string> {
  return { ...kept((name) => always.includes(name) || name === "SSH_AUTH_SOCK"), LC_ALL: "C" };
}

/** For programs that fetch: proxies, certificates and registries as the operator has set them. */
export function fetchingEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...kept((name) => always.includes(name) || network.test(name)), ...extra };
}

function kept(wanted: (name: string) => boolean): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined && wanted(name)) environment[name] = value;
  return environment;
}

/** Folders where a command may stand; Debian keeps some servers where an ordinary user's PATH does not look. */
export function searchPath(): string[] {
  return [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"].filter((folder) => folder !== "");
}
