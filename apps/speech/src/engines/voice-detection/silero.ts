import { join } from "node:path";
import { EngineHost } from "../host/host.ts";
import { threadLane } from "../host/lane.ts";
import type { VoiceDetector } from "../types.ts";
import type { SileroTask } from "./silero-worker.ts";

export function sileroHost(models: string): EngineHost {
  return new EngineHost({
    name: "silero-vad",
    open: threadLane,
    module: new URL("./silero-worker.ts", import.meta.url),
    data: { file: join(models, "silero-vad", "silero_vad.onnx") },
    loadMs: 20_000,
    taskMs: 5000,
  });
}

let next = 0;

/** Silero VAD v6. Frames of one detector must be given in order; a restarted thread begins with a fresh state. */
export function sileroDetector(host: EngineHost): VoiceDetector {
  let detector = next++;
  const forget = () => void host.run({ detector } satisfies SileroTask).catch(() => undefined);
  return {
    process: (frame) => host.run<number>({ detector, frame } satisfies SileroTask),
    reset: () => {
      forget();
      detector = next++;
    },
  };
}
