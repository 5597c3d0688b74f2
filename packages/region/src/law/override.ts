import { z } from "zod";
import type { Judgement } from "./judge.ts";
import { flows } from "./schema.ts";

/** Not to be overridden by anybody: keys never leave the country, and a patient's share rests on the patient's consent. */
const fixed: ReadonlySet<string> = new Set(["keys", "share"]);

/** A named person answers for one flow that the law pack refuses, with a reason, until a day. */
export const overrideSchema = z.strictObject({
  flow: z
    .enum(flows as readonly [string, ...string[]])
    .refine((flow) => !fixed.has(flow), "keys never leave the country, and a share rests on consent: no override"),
  /** Full name and function, as it will stand in the audit log. */
  by: z.string().trim().min(5).max(200),
  /** Why the law allows it after all, or who permitted it: a licence, a ministry's letter with its number. */
  reason: z.string().trim().min(20).max(1_000),
  /** The last day it holds, ISO 8601. */
  until: z.iso.date(),
});
export type Override = z.infer<typeof overrideSchema>;

export interface OverriddenJudgement extends Judgement {
  /** Whose word lifts the violation; absent where nobody's does. */
  readonly override: Override | undefined;
}

/**
 * The judgements with the overrides that hold on `today` (ISO 8601): a violation whose flow has one is lifted. An
 * override of a flow that breaks nothing has no effect.
 */
export function withOverrides(
  judgements: readonly Judgement[],
  overrides: readonly Override[],
  today: string,
): OverriddenJudgement[] {
  const holding = overrides.filter((one) => overrideHolds(one, today));
  return judgements.map((judgement) => {
    const override = judgement.violation === undefined ? undefined : holding.find((one) => one.flow === judgement.flow);
    return { ...judgement, violation: override === undefined ? judgement.violation : undefined, override };
  });
}

/** Until its day, and for two years at most: whoever answers for longer looks at it again. */
export function overrideHolds({ until }: Override, today: string): boolean {
  const latest = `${Number(today.slice(0, 4)) + 2}${today.slice(4)}`;
  return until >= today && until <= latest;
}
