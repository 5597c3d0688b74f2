import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { runInThisContext } from "node:vm";
import { serveTasks } from "../host/serve.ts";

/** One direction: the bytes of its model, shortlist and vocabularies (one shared, or source and target). */
export interface BergamotPair {
  from: string;
  to: string;
  model: string;
  shortlist: string;
  vocabularies: string[];
}

export interface BergamotTask {
  text: string;
  html: boolean;
  pair: BergamotPair;
}

/** As Firefox runs them. `alignment` is what carries tags from source to target. */
const settings = `beam-size: 1
normalize: 1.0
word-penalty: 0
max-length-break: 128
mini-batch-words: 1024
workspace: 128
max-length-factor: 2.5
skip-cost: true
cpu-threads: 0
quiet: true
quiet-translation: true
gemm-precision: int8shiftAlphaAll
alignment: soft
`;

/** The part of the engine's own names that is used here; its memory must be given back by hand. */
interface Deletable {
  delete(): void;
}
interface List<Item> extends Deletable {
  push_back(item: Item): void;
}
interface Memory extends Deletable {
  getByteArrayView(): Int8Array;
}
interface Responses extends Deletable {
  get(index: number): { getTranslatedText(): string };
}
interface Bergamot {
  AlignedMemory: new (bytes: number, alignment: number) => Memory;
  AlignedMemoryList: new () => List<Memory>;
  VectorString: new () => List<string>;
  VectorResponseOptions: new () => List<{ qualityScores: boolean; alignment: boolean; html: boolean }>;
  TranslationModel: new (settings: string, model: Memory, shortlist: Memory, vocabularies: List<Memory>, quality: null) => object;
  BlockingService: new (options: { cacheSize: number }) => {
    translate(model: object, texts: List<string>, options: Deletable): Responses;
  };
}

/** Firefox brings its own matrix product; elsewhere the engine's fallbacks take its place under these names. */
const products: Record<string, string> = {
  int8_prepare_a: "int8PrepareAFallback",
  int8_prepare_b: "int8PrepareBFallback",
  int8_prepare_b_from_transposed: "int8PrepareBFromTransposedFallback",
  int8_prepare_b_from_quantized_transposed: "int8PrepareBFromQuantizedTransposedFallback",
  int8_prepare_bias: "int8PrepareBiasFallback",
  int8_multiply_and_add_bias: "int8MultiplyAndAddBiasFallback",
  int8_select_columns_of_b: "int8SelectColumnsOfBFallback",
};

await serveTasks<null, BergamotTask>(async () => {
  const bergamot = await loadBergamot();
  const service = new bergamot.BlockingService({ cacheSize: 0 });
  const models = new Map<string, object>();
  return async ({ text, html, pair }) => {
    const model = models.get(pair.model) ?? (await loadPair(bergamot, pair));
    models.set(pair.model, model);
    const texts = new bergamot.VectorString();
    const options = new bergamot.VectorResponseOptions();
    texts.push_back(text);
    options.push_back({ qualityScores: false, alignment: html, html });
    const responses = service.translate(model, texts, options);
    const translated = responses.get(0).getTranslatedText();
    for (const used of [texts, options, responses]) used.delete();
    return translated;
  };
});

/**
 * The engine's glue is a script of the CommonJS kind in a package that calls itself a module, so it is run in the
 * global scope with the names it looks for.
 */
async function loadBergamot(): Promise<Bergamot> {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve("@browsermt/bergamot-translator")), "worker");
  const wasm = await readFile(join(folder, "bergamot-translator-worker.wasm"));
  const glue = await readFile(join(folder, "bergamot-translator-worker.js"), "utf8");
  return new Promise((resolve, reject) => {
    const module: Record<string, unknown> = {
      instantiateWasm: (imports: WebAssembly.Imports, accept: (instance: WebAssembly.Instance) => void) => {
        WebAssembly.instantiate(wasm, { ...imports, wasm_gemm: gemm(module) }).then(({ instance }) => accept(instance), reject);
        return {};
      },
      onRuntimeInitialized: () => resolve(module as unknown as Bergamot),
      onAbort: reject,
      print: () => undefined,
      printErr: () => undefined,
    };
    Object.assign(globalThis, {
      Module: module,
      require,
      __dirname: folder,
      __filename: join(folder, "bergamot-translator-worker.js"),
    });
    runInThisContext(glue);
  });
}

function gemm(module: Record<string, unknown>): Record<string, (...values: number[]) => unknown> {
  const inside = () => module["asm"] as Record<string, (...values: number[]) => unknown>;
  return Object.fromEntries(
    Object.entries(products).map(([name, own]) => [name, (...values: number[]) => inside()[own]?.(...values)]),
  );
}

async function loadPair(bergamot: Bergamot, pair: BergamotPair): Promise<object> {
  const memory = async (path: string, alignment: number) => {
    const bytes = await readFile(path);
    const aligned = new bergamot.AlignedMemory(bytes.byteLength, alignment);
    aligned.getByteArrayView().set(bytes);
    return aligned;
  };
  const vocabularies = new bergamot.AlignedMemoryList();
  for (const path of pair.vocabularies) vocabularies.push_back(await memory(path, 64));
  return new bergamot.TranslationModel(
    settings,
    await memory(pair.model, 256),
    await memory(pair.shortlist, 64),
    vocabularies,
    null,
  );
}
