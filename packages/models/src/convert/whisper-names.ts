import type { Ct2Variable } from "./ctranslate2.ts";
import { FormatError } from "./ctranslate2.ts";

/** One tensor of Whisper under the name that OpenAI's checkpoint and ggml give it. */
export interface NamedTensor {
  name: string;
  variable: Ct2Variable;
}

/**
 * OpenAI's names for the variables of a CTranslate2 `WhisperSpec` revision 3, in the order of OpenAI's
 * checkpoint, so that the result is byte for byte the file that whisper.cpp publishes.
 * CTranslate2 stacks projections: self-attention `linear_0` is query, key and value (the key's bias is made up of
 * zeros and dropped); cross-attention `linear_1` is key and value.
 */
export function whisperTensors(variables: ReadonlyMap<string, Ct2Variable>): NamedTensor[] {
  const get = (key: string): Ct2Variable => {
    const found = variables.get(key);
    if (!found) throw new FormatError(`variable ${key} is missing`);
    return found;
  };
  const out: NamedTensor[] = [];
  const add = (name: string, variable: Ct2Variable) => out.push({ name, variable });
  const pair = (name: string, key: string) => {
    add(`${name}.weight`, get(`${key}/weight`));
    add(`${name}.bias`, get(`${key}/bias`));
  };
  const norm = (name: string, key: string) => {
    add(`${name}.weight`, get(`${key}/gamma`));
    add(`${name}.bias`, get(`${key}/beta`));
  };
  const stacked = (name: string, key: string, parts: readonly string[]) => {
    parts.forEach((part, index) => {
      add(`${name}.${part}.weight`, slice(get(`${key}/weight`), index, parts.length));
      if (part !== "key") add(`${name}.${part}.bias`, slice(get(`${key}/bias`), index, parts.length));
    });
  };
  const selfAttention = (name: string, key: string) => {
    norm(`${name}.attn_ln`, `${key}/self_attention/layer_norm`);
    stacked(`${name}.attn`, `${key}/self_attention/linear_0`, ["query", "key", "value"]);
    pair(`${name}.attn.out`, `${key}/self_attention/linear_1`);
  };
  const crossAttention = (name: string, key: string) => {
    norm(`${name}.cross_attn_ln`, `${key}/attention/layer_norm`);
    stacked(`${name}.cross_attn`, `${key}/attention/linear_0`, ["query"]);
    stacked(`${name}.cross_attn`, `${key}/attention/linear_1`, ["key", "value"]);
    pair(`${name}.cross_attn.out`, `${key}/attention/linear_2`);
  };
  const feedForward = (name: string, key: string) => {
    norm(`${name}.mlp_ln`, `${key}/ffn/layer_norm`);
    pair(`${name}.mlp.0`, `${key}/ffn/linear_0`);
    pair(`${name}.mlp.2`, `${key}/ffn/linear_1`);
  };

  add("decoder.positional_embedding", get("decoder/position_encodings/encodings"));
  add("encoder.positional_embedding", get("encoder/position_encodings/encodings"));
  add("decoder.token_embedding.weight", get("decoder/embeddings/weight"));
  for (let i = 0; variables.has(`decoder/layer_${i}/ffn/linear_0/weight`); i++) {
    feedForward(`decoder.blocks.${i}`, `decoder/layer_${i}`);
    selfAttention(`decoder.blocks.${i}`, `decoder/layer_${i}`);
    crossAttention(`decoder.blocks.${i}`, `decoder/layer_${i}`);
  }
  norm("decoder.ln", "decoder/layer_norm");
  pair("encoder.conv1", "encoder/conv1");
  pair("encoder.conv2", "encoder/conv2");
  for (let i = 0; variables.has(`encoder/layer_${i}/ffn/linear_0/weight`); i++) {
    feedForward(`encoder.blocks.${i}`, `encoder/layer_${i}`);
    selfAttention(`encoder.blocks.${i}`, `encoder/layer_${i}`);
  }
  norm("encoder.ln_post", "encoder/layer_norm");
  return out;
}

/** The `index`-th of `parts` equal stacks along the first dimension. */
function slice(variable: Ct2Variable, index: number, parts: number): Ct2Variable {
  const [rows = 0, ...rest] = variable.shape;
  if (rows % parts !== 0) throw new FormatError(`${rows} rows do not divide into ${parts}`);
  const bytes = variable.data.byteLength / parts;
  return {
    shape: [rows / parts, ...rest],
    type: variable.type,
    data: variable.data.subarray(index * bytes, (index + 1) * bytes),
  };
}
