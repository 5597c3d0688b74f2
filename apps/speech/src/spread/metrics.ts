import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";

/** What an operator's Prometheus reads of a station's machines that hear. Labels name machines, never a conference. */
export function spreadMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const labelNames = ["machine"];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    up: new Gauge({ name: "yizhan_speech_machine_up", help: "1 while the station reaches it", labelNames, registers }),
    conferences: new Gauge({
      name: "yizhan_speech_machine_conferences",
      help: "Conferences it has",
      labelNames,
      registers,
    }),
    waiting: new Gauge({ name: "yizhan_speech_machine_waiting", help: "Hearings that wait there", labelNames, registers }),
    losses: new Gauge({ name: "yizhan_speech_machine_losses", help: "How often it went", labelNames, registers }),
    taken: new Counter({
      name: "yizhan_speech_conferences_taken_up_total",
      help: "Conferences that another machine took up",
      registers,
    }),
  };
}
