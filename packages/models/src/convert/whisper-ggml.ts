import { FormatError, readCtranslate2, type Ct2Variable } from "./ctranslate2.ts";
import { slaneyMelFilters } from "./mel.ts";
import { type NamedTensor, whisperTensors } from "./whisper-names.ts";

const MAGIC = 0x67_67_6d_6c;
/** Tokens that stand for text; the special ones that follow have no text in a ggml file. */
const TEXT_TOKENS = 50_257;

/**
 * CTranslate2 Whisper (float16) to the ggml file of whisper.cpp, in chunks. Nothing is lost: matrices stay float16,
 * norms, biases and positions widen to float32. Layout: whisper.cpp `models/convert-pt-to-ggml.py`.
 *
 * @param vocabulary `vocabulary.json` of the same model: tokens in GPT-2's printable alphabet, in order.
 */
export function* whisperToGgml(ct2: Uint8Array, vocabulary: readonly string[]): Generator<Uint8Array> {
  const model = readCtranslate2(ct2);
  if (model.spec !== "WhisperSpec" || model.revision !== 3) {
    throw new FormatError(`${model.spec} revision ${model.revision}, expected WhisperSpec revision 3`);
  }
  const tensors = whisperTensors(model.variables);
  yield i32(MAGIC, ...hyperparameters(tensors, model.variables));
  const mel = slaneyMelFilters();
  yield i32(80, 201);
  yield new Uint8Array(mel.buffer);
  yield i32(TEXT_TOKENS);
  for (const token of vocabulary.slice(0, TEXT_TOKENS)) {
    const bytes = tokenBytes(token);
    yield i32(bytes.length);
    yield bytes;
  }
  for (const tensor of tensors) yield* ggmlTensor(tensor);
}

function hyperparameters(tensors: readonly NamedTensor[], variables: ReadonlyMap<string, Ct2Variable>): number[] {
  const shape = (name: string) => tensors.find((tensor) => tensor.name === name)?.variable.shape ?? [];
  const layers = (side: string) => tensors.filter(({ name }) => name.startsWith(side) && name.endsWith(".mlp.0.weight")).length;
  const heads = (side: string) => new DataView(new Uint8Array(variables.get(`${side}/num_heads`)?.data ?? [0, 0]).buffer);
  const [audioContext = 0, audioWidth = 0] = shape("encoder.positional_embedding");
  const [textContext = 0, textWidth = 0] = shape("decoder.positional_embedding");
  const [tokens = 0] = shape("decoder.token_embedding.weight");
  const [, bands = 0] = shape("encoder.conv1.weight");
  const audioHeads = heads("encoder").getInt16(0, true);
  const textHeads = heads("decoder").getInt16(0, true);
  return [
    tokens,
    audioContext,
    audioWidth,
    audioHeads,
    layers("encoder"),
    textContext,
    textWidth,
    textHeads,
    layers("decoder"),
    bands,
    1,
  ];
}

function* ggmlTensor({ name, variable }: NamedTensor): Generator<Uint8Array> {
  if (variable.type !== "float16") throw new FormatError(`${name} is ${variable.type}, expected float16`);
  const convolutionBias = /conv\d\.bias$/.test(name);
  const shape = convolutionBias ? [...variable.shape, 1] : variable.shape;
  const wide = shape.length < 2 || convolutionBias || name.endsWith("positional_embedding");
  const label = new TextEncoder().encode(name);
  yield i32(shape.length, label.length, wide ? 0 : 1, ...shape.toReversed());
  yield label;
  yield wide ? widen(variable.data) : variable.data;
}

function widen(halves: Uint8Array): Uint8Array {
  const from = new Float16Array(new Uint8Array(halves).buffer);
  return new Uint8Array(Float32Array.from(from).buffer);
}

function i32(...values: number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}

/** GPT-2 writes every byte as a printable character: printable Latin-1 as itself, the others from U+0100 on. */
const byteOf: ReadonlyMap<string, number> = (() => {
  const printable = (byte: number) => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let next = 0x100;
  return new Map(Array.from({ length: 256 }, (_, byte) => [String.fromCodePoint(printable(byte) ? byte : next++), byte]));
})();

function tokenBytes(token: string): Uint8Array {
  return Uint8Array.from([...token], (character) => {
    const byte = byteOf.get(character);
    if (byte === undefined) throw new FormatError("the vocabulary is not in GPT-2's alphabet");
    return byte;
  });
}
