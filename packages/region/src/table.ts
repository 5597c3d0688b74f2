import { autonym, countryFacts } from "./facts.ts";
import { judge, notLegalAdvice } from "./law/judge.ts";
import type { Crossing, LawPack } from "./law/schema.ts";
import type { Region } from "./schema.ts";

export interface Entry {
  readonly region: Region;
  readonly pack: LawPack;
}

/** What the country files and law packs say, as a page of Markdown tables in English: the text of `docs/regions.md`. */
export function regionsPage(entries: readonly Entry[]): string {
  const said = entries.flatMap(({ pack }) => pack.rules);
  const read = said.filter((rule) => rule.status === "verified").length;
  return [
    "# Countries",
    "Made by `yizhan region check --all --markdown` from `regions/`; change the files there, not this page.",
    `${entries.length} countries, ${said.length} rules of law. ${read} rules were read in the article's own words and carry its address; ` +
      `the rest are marked \`?\`: written from knowledge of the law, strict where uncertain, and waiting for a lawyer of the country. ${notLegalAdvice}`,
    "## What may cross to the hub",
    'Everything else (records, backups, logs, keys, sound, transcripts, what models are given) stays where the column "at home" says. ' +
      "A flow that no rule allows is refused; a plan that asks for more is stopped.",
    table(
      [
        "country",
        "at home",
        "a record",
        "single cases without names",
        "counts",
        "notifications",
        "agreed terms",
        "health of machines",
      ],
      entries.map((entry) => [
        countryName(entry),
        entry.region.hosting.map((host) => (host.region === undefined ? host.kind : `${host.kind} ${host.region}`)).join(", "),
        ...crossingsShown.map((crossing) => verdict(entry, crossing)),
      ]),
    ),
    "## Who must be told",
    table(
      ["country", "who", "when", "law"],
      entries.flatMap((entry) =>
        entry.pack.rules.flatMap((rule) =>
          rule.kind === "notify" ? [[countryName(entry), rule.who, rule.when, `${rule.law}, ${rule.article}${doubt(rule)}`]] : [],
        ),
      ),
    ),
    "## Languages and numbers",
    "Captions are offered only where speech is not known to be heard badly; in the other languages the interpreter is the bridge. " +
      "Measured are English, Chinese, Portuguese and Spanish alone (docs/captions.md): the others want a trial with a speaker.",
    table(
      ["country", "care pages", "captions", "ambulance", "police", "fire"],
      entries.map((entry) => [
        countryName(entry),
        entry.region.languages.care.map((tag) => `${tag} ${autonym(tag)}`).join(", "),
        Object.keys(entry.region.speech.hear).join(" "),
        entry.region.emergency.ambulance,
        entry.region.emergency.police,
        entry.region.emergency.fire ?? "",
      ]),
    ),
    "## Ministries of health",
    "Names only: telephones and addresses, and those of the mission, belong in the country's file before its station goes live. " +
      "`yizhan region check` says what is missing.",
    table(
      ["country", "ministry", "as it calls itself"],
      entries.map((entry) => {
        const { ministry } = entry.region.contacts;
        return [countryName(entry), ministry?.name ?? "", Object.values(ministry?.names ?? {}).join(", ")];
      }),
    ),
  ]
    .map((part) => `${part}\n`)
    .join("\n");
}

const crossingsShown: readonly Crossing[] = ["share", "deidentified", "aggregate", "notification", "terminology", "operational"];

const countryName = ({ region }: Entry) => `${region.code} ${countryFacts(region.code).nameIn("en")}`;
const doubt = (rule: { status: string }) => (rule.status === "verified" ? "" : " ?");

function verdict({ region, pack }: Entry, crossing: Crossing): string {
  const found = judge(region, pack).find((judgement) => judgement.flow === crossing);
  if (found === undefined) return "";
  const decision = found.decision === "condition" ? found.conditions.join(" and ") : found.decision;
  return `${decision}, ${found.rules.join(" ")}${found.verified ? "" : " ?"}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
