import type { Region } from "../schema.ts";
import { type Condition, type Crossing, crossings, type Flow, type LawPack, type LawRule, type Place, places } from "./schema.ts";

export const notLegalAdvice = "This is not legal advice.";

export interface Judgement {
  readonly flow: Flow;
  readonly decision: "allowed" | "condition" | "refused";
  /** What must hold, with `condition`. */
  readonly conditions: readonly Condition[];
  /** Rules it rests on; empty where no rule speaks of the flow, which is then refused. */
  readonly rules: readonly string[];
  /** False where a rule that decided it was not verified. */
  readonly verified: boolean;
  /** Set where the country file asks for more than the law pack gives: a plan with it is refused. */
  readonly violation: string | undefined;
}

/** Countries where something is kept besides where the station stands: backups in a bucket abroad. */
export type KeptIn = Readonly<Partial<Record<Place, readonly string[]>>>;

/**
 * Judges a country file against its law pack, flow by flow. Strict where uncertain: the
 * strictest rule wins, and a flow that no rule speaks of is refused.
 */
export function judge(region: Region, pack: LawPack, keptIn: KeptIn = {}): Judgement[] {
  return [
    ...places.map((place) => judgePlace(region, pack, place, keptIn[place] ?? [])),
    ...crossings.map((crossing) => judgeCrossing(region, pack, crossing)),
  ];
}

/** Whether a plan may go on: no flow asks for more than the law pack gives. */
export function violations(judgements: readonly Judgement[]): Judgement[] {
  return judgements.filter((judgement) => judgement.violation !== undefined);
}

function judgePlace(region: Region, pack: LawPack, flow: Place, keptIn: readonly string[]): Judgement {
  const rules = pack.rules.filter((rule) => rule.kind === "place").filter((rule) => rule.applies.includes(flow));
  const hosts = [...new Set([...region.hosting.map((host) => host.country), ...keptIn])];
  const abroad = hosts.filter((country) => country !== region.code);
  const barred = abroad.filter(
    (country) =>
      rules.length === 0 ||
      rules.some((rule) => rule.where !== "anywhere" && !(Array.isArray(rule.where) && rule.where.includes(country))),
  );
  return {
    flow,
    decision: barred.length > 0 ? "refused" : "allowed",
    conditions: [],
    ...restsOn(rules),
    violation: barred.length > 0 ? `${flow} may not be kept in ${barred.join(", ")}` : undefined,
  };
}

const strictness = { allow: 0, condition: 1, refuse: 2 } as const;

function judgeCrossing(region: Region, pack: LawPack, flow: Crossing): Judgement {
  const rules = pack.rules.filter((rule) => rule.kind === "crossing").filter((rule) => rule.applies.includes(flow));
  const strictest =
    rules.length === 0 ? "refuse" : rules.map((rule) => rule.decision).reduce((a, b) => (strictness[a] >= strictness[b] ? a : b));
  const required = strictest === "condition" ? [...new Set(rules.flatMap((rule) => rule.conditions ?? []))] : [];
  const asked = region.flows[flow];
  const decision = strictest === "allow" ? "allowed" : strictest === "condition" ? "condition" : "refused";
  return { flow, decision, conditions: required, ...restsOn(rules), violation: excess(flow, asked, strictest, required) };
}

/** What the country file asks for beyond what the rules give, in words. */
function excess(
  flow: Crossing,
  asked: Region["flows"][Crossing],
  given: keyof typeof strictness,
  required: readonly Condition[],
): string | undefined {
  if (asked.decision === "refuse") return undefined;
  if (given === "refuse") return `${flow} may not cross, but the country file lets it`;
  const missing = required.filter((condition) => asked.condition !== condition);
  return missing.length === 0 ? undefined : `${flow} needs ${missing.join(" and ")}`;
}

function restsOn(rules: readonly LawRule[]): Pick<Judgement, "rules" | "verified"> {
  return { rules: rules.map((rule) => rule.id), verified: rules.length > 0 && rules.every((rule) => rule.status === "verified") };
}
