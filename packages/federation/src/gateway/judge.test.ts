import { loadRegion } from "@yizhan/region";
import * as fc from "fast-check";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { caseClosed, caseOpened, healthEvent } from "../events/make.ts";
import { type EventClass, eventClasses, type OutgoingEvent } from "../types.ts";
import { type CohortCounter, type Gateway, openGateway } from "./judge.ts";

const regions = join(import.meta.dirname, "../../../../regions");
const at = new Date("2026-11-20T10:00:00Z");
const opened = (birthYear?: number, language = "pt") => caseOpened({ to: "CN", at, language, birthYear });

function counter(): CohortCounter {
  const counts = new Map<string, number>();
  return async (cohorts) =>
    cohorts.map((name) => {
      const next = (counts.get(name) ?? 0) + 1;
      counts.set(name, next);
      return next;
    });
}

describe("the gateway of Mozambique", () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = openGateway(await loadRegion(regions, "MZ"));
  });

  it("lets health out as it is", async () => {
    const health = healthEvent("CN", { status: "healthy", version: "0.1.0", pendingEvents: 0, lagMs: 0 });
    const { decision, payload } = await gateway.judge(health, counter());
    expect(decision).toMatchObject({ verdict: "allow", rule: "flows.operational", digestOut: decision.digestIn });
    expect(payload).toEqual(health.payload);
  });

  it("tells language and age only once five of a week share them", async () => {
    const count = counter();
    const told = [];
    for (let person = 0; person < 6; person += 1) told.push((await gateway.judge(opened(1980), count)).payload);
    expect(told.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => ({ week: "2026-W47", language: "*", ageBand: "*" })));
    expect(told.slice(4)).toEqual(Array.from({ length: 2 }, () => ({ week: "2026-W47", language: "pt", ageBand: "45-64" })));
  });

  it("gives up the age before the language, and the outcome with them", async () => {
    const count = counter();
    for (const year of [1950, 1970, 1990, 2010]) await gateway.judge(opened(year), count);
    expect((await gateway.judge(opened(2024), count)).payload).toEqual({ week: "2026-W47", language: "pt", ageBand: "*" });
    const closed = caseClosed({ to: "CN", at, language: "pt", birthYear: 1980, outcome: "referred" });
    const { decision, payload } = await gateway.judge(closed, count);
    expect(payload).toEqual({ week: "2026-W47", language: "*", ageBand: "*", outcome: "*" });
    expect(decision.verdict).toBe("coarsen");
  });

  it("never tells a group of fewer than five, whatever comes in which order", async () => {
    const person = fc.record({ language: fc.constantFrom("pt", "zh", "en"), birthYear: fc.constantFrom(1950, 1990, 2020) });
    await fc.assert(
      fc.asyncProperty(fc.array(person, { maxLength: 60 }), async (people) => {
        const count = counter();
        const so: { language: string; birthYear: number }[] = [];
        for (const one of people) {
          so.push(one);
          const { payload } = await gateway.judge(opened(one.birthYear, one.language), count);
          const alike = so.filter(
            (other) =>
              (payload?.language === "*" || other.language === one.language) &&
              (payload?.ageBand === "*" || other.birthYear === one.birthYear),
          );
          expect(alike.length >= 5 || (payload?.language === "*" && payload.ageBand === "*")).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("withholds a payload with any field that its schema does not name", async () => {
    const base = opened(1980);
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), fc.jsonValue(), async (field, value) => {
        fc.pre(!Object.hasOwn(base.payload, field) && field !== "__proto__");
        const { decision, payload } = await gateway.judge({ ...base, payload: { ...base.payload, [field]: value } }, counter());
        expect(payload).toBeUndefined();
        expect(decision).toMatchObject({ verdict: "withhold", rule: "payload-refused", digestOut: null });
      }),
    );
  });

  it("withholds free text where a code belongs", async () => {
    for (const payload of [
      { week: "2026-W47", language: "Ana Machel", ageBand: "25-44" },
      { week: "2026-11-20", language: "pt", ageBand: "25-44" },
      { week: "2026-W47", language: "pt", ageBand: "37" },
    ]) {
      expect((await gateway.judge({ ...opened(), payload }, counter())).decision.rule).toBe("payload-refused");
    }
  });

  it("withholds unknown types, and types under another class", async () => {
    const odd: OutgoingEvent = { ...opened(), type: "patient.summary" };
    expect((await gateway.judge(odd, counter())).decision.rule).toBe("type-unknown");
    expect((await gateway.judge({ ...opened(), class: "operational" }, counter())).decision.rule).toBe("class-mismatch");
    const forged = { ...opened(), class: "constructor" as EventClass };
    expect((await gateway.judge(forged, counter())).payload).toBeUndefined();
  });
});

describe("a country that refuses", () => {
  it("lets nothing out but what its file allows, and says under which policy", async () => {
    const region = await loadRegion(regions, "MZ");
    const refuse = { decision: "refuse" as const, basis: "MZ-1" };
    const closed = openGateway({
      code: "MZ",
      flows: Object.fromEntries(eventClasses.map((name) => [name, refuse])) as typeof region.flows,
    });
    const { decision, payload } = await closed.judge(opened(1980), counter());
    expect(payload).toBeUndefined();
    expect(decision.rule).toBe("flows.deidentified");
    expect(closed.policyVersion).not.toBe(openGateway(region).policyVersion);
  });
});
