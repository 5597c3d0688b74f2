import { join } from "node:path";
import llamaTokenizer from "llama-tokenizer-js";
import * as ort from "onnxruntime-node";
import { serveTasks } from "../host/serve.ts";
import type { HearingTask, RawHeard, RawWord } from "./raw.ts";

/** Moonshine tiny: 6 decoder layers of 8 heads of 36, a cache for self- and cross-attention each. */
const LAYERS = 6;
const HEADS = 8;
const HEAD_SIZE = 36;
const START = 1;
const END = 2;
/** The makers' own bound: no one says more than this many tokens in a second. */
const TOKENS_PER_SECOND = 6.5;

const halves = ["decoder", "encoder"] as const;
const parts = ["key", "value"] as const;
const cacheNames = Array.from({ length: LAYERS }, (_, layer) =>
  halves.flatMap((half) => parts.map((part) => ({ half, name: `${layer}.${half}.${part}` }))),
).flat();

await serveTasks<{ folder: string; threads: number }, HearingTask>(async ({ folder, threads }) => {
  // A spinning thread takes the core from the next speaker's segment.
  const options: ort.InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  };
  const encoder = await ort.InferenceSession.create(join(folder, "encoder_model.onnx"), options);
  const decoder = await ort.InferenceSession.create(join(folder, "decoder_model_merged.onnx"), options);
  return async ({ samples }) => decode(encoder, decoder, samples);
});

async function decode(encoder: ort.InferenceSession, decoder: ort.InferenceSession, samples: Float32Array): Promise<RawHeard> {
  const { last_hidden_state: encoded } = await encoder.run({
    input_values: new ort.Tensor("float32", samples, [1, samples.length]),
  });
  if (!encoded) throw new Error("the encoder gave nothing");
  const empty = () => new ort.Tensor("float32", new Float32Array(0), [0, HEADS, 1, HEAD_SIZE]);
  const cache = new Map(cacheNames.map(({ name }) => [name, empty()]));
  const tokens: number[] = [];
  const probabilities: number[] = [];
  const most = Math.max(8, Math.ceil((samples.length / 16_000) * TOKENS_PER_SECOND));
  for (let token = START; tokens.length < most;) {
    const first = tokens.length === 0;
    const output = await decoder.run({
      input_ids: new ort.Tensor("int64", BigInt64Array.of(BigInt(token)), [1, 1]),
      encoder_hidden_states: encoded,
      use_cache_branch: new ort.Tensor("bool", [!first], [1]),
      ...Object.fromEntries(Array.from(cache, ([name, tensor]) => [`past_key_values.${name}`, tensor])),
    });
    const best = pick(output["logits"]?.data as Float32Array);
    token = best.token;
    if (token === END) break;
    tokens.push(token);
    probabilities.push(best.probability);
    for (const { half, name } of cacheNames) {
      const present = output[`present.${name}`];
      // The encoder's halves never change after the first step.
      if (present && (first || half === "decoder")) cache.set(name, present as ort.TypedTensor<"float32">);
    }
  }
  return {
    text: llamaTokenizer.decode(tokens, false, true).trim(),
    words: words(tokens, probabilities),
    cut: tokens.length >= most,
  };
}

function pick(logits: Float32Array): { token: number; probability: number } {
  let token = 0;
  for (let i = 1; i < logits.length; i++) if ((logits[i] ?? 0) > (logits[token] ?? 0)) token = i;
  const top = logits[token] ?? 0;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - top);
  return { token, probability: 1 / sum };
}

/** Llama's pieces begin a word with ▁. A word is as certain as its least certain piece. */
function words(tokens: readonly number[], probabilities: readonly number[]): RawWord[] {
  const out: { tokens: number[]; probability: number }[] = [];
  tokens.forEach((token, index) => {
    const probability = probabilities[index] ?? 0;
    const piece = llamaTokenizer.vocabById[token] ?? "";
    const last = out.at(-1);
    if (!last || piece.startsWith("▁")) out.push({ tokens: [token], probability });
    else {
      last.tokens.push(token);
      if (/[\p{L}\p{N}]|^<0x/u.test(piece)) last.probability = Math.min(last.probability, probability);
    }
  });
  return out
    .map((word) => ({ text: llamaTokenizer.decode(word.tokens, false, true).trim(), probability: word.probability }))
    .filter(({ text }) => text !== "");
}
