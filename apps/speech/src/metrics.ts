import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

const seconds = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30];

/** What an operator's Prometheus reads. No label ever names a session or a person. */
export function speechMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    sessions: new Gauge({ name: "speech_sessions", help: "Sessions kept", registers }),
    sockets: new Gauge({ name: "speech_sockets", help: "Open sockets", labelNames: ["kind"], registers }),
    captions: new Histogram({
      name: "speech_caption_lag_seconds",
      help: "From the sound a caption covers to the caption",
      labelNames: ["kind", "engine"],
      buckets: seconds,
      registers,
    }),
    translations: new Histogram({
      name: "speech_translation_seconds",
      help: "From a final to its translation",
      labelNames: ["from", "to"],
      buckets: seconds,
      registers,
    }),
    sound: new Counter({ name: "speech_sound_seconds_total", help: "Sound decoded", registers }),
    packets: new Counter({
      name: "speech_packets_total",
      help: "Packets that were lost, late, duplicate or broken",
      labelNames: ["fate"],
      registers,
    }),
    frames: new Counter({ name: "speech_bad_frames_total", help: "Frames refused", labelNames: ["code"], registers }),
    troubles: new Counter({ name: "speech_troubles_total", help: "Segments lost and the like", labelNames: ["code"], registers }),
    waiting: new Gauge({ name: "speech_engine_waiting", help: "Requests that wait for an engine", registers }),
    engineSeconds: new Gauge({ name: "speech_engine_cpu_seconds", help: "Processor time of engine processes", registers }),
    engineResident: new Gauge({ name: "speech_engine_resident_bytes", help: "Memory of engine processes", registers }),
    restarts: new Gauge({ name: "speech_engine_restarts", help: "Engine restarts since start", registers }),
  };
}

export type SpeechMetrics = ReturnType<typeof speechMetrics>;
