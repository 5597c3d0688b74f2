import { collectDefaultMetrics, Counter, Histogram, Registry } from "prom-client";

export interface Metrics {
  readonly registry: Registry;
  readonly casesOpened: Counter;
  readonly casesClosed: Counter;
  readonly blocked: Counter<"rule">;
  readonly requests: Histogram<"route" | "method" | "status">;
}

/** The station's own figures. Labels are names of routes and rules: no identifier, no language, no place. */
export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    casesOpened: new Counter({ name: "yizhan_cases_opened_total", help: "Cases opened since the start", registers }),
    casesClosed: new Counter({ name: "yizhan_cases_closed_total", help: "Cases closed since the start", registers }),
    blocked: new Counter({
      name: "yizhan_guard_blocks_total",
      help: "Sessions the guard blocked",
      labelNames: ["rule"],
      registers,
    }),
    requests: new Histogram({
      name: "yizhan_request_seconds",
      help: "Time to answer a request",
      labelNames: ["route", "method", "status"],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3],
      registers,
    }),
  };
}
