import * as ort from "onnxruntime-node";
import { serveTasks } from "../host/serve.ts";

export interface SileroTask {
  detector: number;
  /** 512 samples; absent: forget this detector. */
  frame?: Float32Array;
}

/** The model wants the last 64 samples of the frame before in front of each frame. */
const CONTEXT = 64;
const FRAME = 512;

interface State {
  memory: ort.TypedTensor<"float32">;
  input: Float32Array;
}

await serveTasks<{ file: string }, SileroTask>(async ({ file }) => {
  const session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const rate = new ort.Tensor("int64", BigInt64Array.of(16_000n), []);
  const states = new Map<number, State>();
  const fresh = (): State => ({
    memory: new ort.Tensor("float32", new Float32Array(2 * 128), [2, 1, 128]),
    input: new Float32Array(CONTEXT + FRAME),
  });
  return async ({ detector, frame }) => {
    if (!frame) return states.delete(detector);
    const state = states.get(detector) ?? fresh();
    states.set(detector, state);
    const input = new Float32Array(CONTEXT + FRAME);
    input.set(state.input.subarray(FRAME));
    input.set(frame.subarray(0, FRAME), CONTEXT);
    state.input = input;
    const output = await session.run({
      input: new ort.Tensor("float32", input, [1, CONTEXT + FRAME]),
      state: state.memory,
      sr: rate,
    });
    const { output: probability, stateN: memory } = output;
    if (!probability || !memory) throw new Error("the model gave nothing");
    state.memory = memory as ort.TypedTensor<"float32">;
    return (probability.data as Float32Array)[0] ?? 0;
  };
});
