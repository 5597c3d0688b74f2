import type { Region } from "@yizhan/region";
import { canonicalBytes, digestOf } from "../canonical.ts";
import { anyValue, eventKind } from "../events/catalogue.ts";
import type { OutgoingEvent } from "../types.ts";

/** Why an item left, changed or stayed. One row each; digests only, never the item itself. */
export interface Decision {
  readonly eventId: string;
  readonly class: string;
  readonly type: string;
  readonly verdict: "allow" | "coarsen" | "withhold";
  /** `flows.<class>`, or what the item failed: `class-unknown`, `payload-refused` … */
  readonly rule: string;
  readonly policyVersion: string;
  readonly digestIn: string;
  /** Digest of what leaves; equal to `digestIn` unless something was made coarser; null when withheld. */
  readonly digestOut: string | null;
}

export interface Judged {
  readonly decision: Decision;
  /** What may leave; absent when withheld. */
  readonly payload?: Readonly<Record<string, unknown>>;
}

/**
 * Counts one more in each of the named cohorts and says how many each now has, in their order. Called
 * once per event, in the transaction that seals it; the names of one call differ.
 */
export type CohortCounter = (cohorts: readonly string[]) => Promise<readonly number[]>;

/** Fewer than this many alike, and a field is made coarser. */
const k = 5;

/** Fields by which a person could be singled out, the first to go last. */
const quasiIdentifiers = ["week", "language", "ageBand"] as const;

/**
 * The gateway's policy for one country: deny by default, class by class, from the region file.
 * Conditions that need more than the event itself (consent, review, authority) are not met by
 * an event alone and withhold it.
 */
export function openGateway(region: Pick<Region, "code" | "flows">) {
  const policyVersion = digestOf({ code: region.code, flows: region.flows, k }).slice(0, 16);

  async function judge(event: OutgoingEvent, count: CohortCounter): Promise<Judged> {
    const digestIn = digestOf(event.payload);
    const say = (verdict: Decision["verdict"], rule: string, payload?: Judged["payload"]): Judged => ({
      decision: {
        eventId: event.eventId,
        class: event.class,
        type: event.type,
        verdict,
        rule,
        policyVersion,
        digestIn,
        digestOut: payload === undefined ? null : digestOf(payload),
      },
      ...(payload === undefined ? {} : { payload }),
    });
    const kind = eventKind(event.type, event.schemaVersion);
    if (kind === undefined) return say("withhold", "type-unknown");
    if (kind.class !== event.class) return say("withhold", "class-mismatch");
    const flow = Object.hasOwn(region.flows, event.class) ? region.flows[event.class] : undefined;
    if (flow === undefined) return say("withhold", "class-unknown");
    if (flow.decision === "refuse") return say("withhold", `flows.${event.class}`);
    const parsed = kind.payload.safeParse(event.payload);
    if (!parsed.success) return say("withhold", "payload-refused");
    if (flow.decision === "allow") return say("allow", `flows.${event.class}`, parsed.data);
    if (flow.condition !== "k-anonymity") return say("withhold", `flows.${event.class}.${flow.condition}`);
    const coarse = await coarsen(event.type, parsed.data, count);
    const same = coarse === parsed.data;
    return say(same ? "allow" : "coarsen", `flows.${event.class}.k-anonymity`, coarse);
  }

  return { policyVersion, judge };
}
export type Gateway = ReturnType<typeof openGateway>;

/**
 * k-anonymity by generalisation (Samarati and Sweeney, 1998): first the age band, then the language
 * gives way to "any", until at least k people of this station and week share what is told.
 */
async function coarsen(
  type: string,
  payload: Readonly<Record<string, unknown>>,
  count: CohortCounter,
): Promise<Readonly<Record<string, unknown>>> {
  const cohort: Record<string, string> = { type };
  for (const field of quasiIdentifiers) if (typeof payload[field] === "string") cohort[field] = payload[field];
  const steps = [cohort, { ...cohort, ageBand: anyValue }, { ...cohort, ageBand: anyValue, language: anyValue }];
  // An event that comes coarse already is in fewer cohorts, and in each of them once.
  const named = new Map(steps.map((step) => [new TextDecoder().decode(canonicalBytes(step)), step]));
  // Every level is counted, also the coarser ones that are not needed now: later events rest on them.
  const alike = await count([...named.keys()]);
  const finest = [...named.values()].find((_, at) => (alike[at] ?? 0) >= k);
  if (finest !== undefined && finest.ageBand === cohort.ageBand && finest.language === cohort.language) return payload;
  const { language = anyValue, ageBand = anyValue } = finest ?? {};
  // Alone in its week, an event tells only that it happened; what became of it would single the person out.
  return {
    ...payload,
    language,
    ageBand,
    ...("outcome" in payload ? { outcome: anyValue } : {}),
  };
}
