import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { bergamotIds } from "@yizhan/models";
import { EngineHost } from "../host/host.ts";
import { threadLane } from "../host/lane.ts";
import type { BergamotPair, BergamotTask } from "./bergamot-worker.ts";
import { tagged, untagged } from "./marks.ts";
import type { TranslationStep } from "./step.ts";

/** The WebAssembly engine in a thread of its own; its pairs are loaded when first used. */
export function bergamotHost(): EngineHost {
  return new EngineHost({
    name: "bergamot",
    open: threadLane,
    module: new URL("./bergamot-worker.ts", import.meta.url),
    data: null,
    loadMs: 30_000,
    taskMs: 10_000,
  });
}

/** Undefined where the weights are not in the models folder. */
export function bergamotStep(host: EngineHost, models: string, from: string, to: string): TranslationStep | undefined {
  const pairs = bergamotIds(from, to).map((id) => pairIn(join(models, id), id));
  const found = pairs.filter((pair) => pair !== undefined);
  if (found.length === 0 || found.length < pairs.length) return undefined;
  return {
    engine: "bergamot",
    async translate(text, follow) {
      const { html, followed } = tagged(text, follow);
      const useHtml = followed.length > 0;
      let current = useHtml ? html : text;
      for (const pair of found) current = await host.run<string>({ text: current, html: useHtml, pair } satisfies BergamotTask);
      return useHtml ? untagged(current, followed) : { text: current };
    },
    close: () => host.close(),
  };
}

/** Mozilla names the files by the pair: `model.enpt.intgemm.alphas.bin`, one vocabulary or two. */
function pairIn(folder: string, id: string): BergamotPair | undefined {
  if (!existsSync(join(folder, "model.json"))) return undefined;
  const files = readdirSync(folder).toSorted();
  const named = (pattern: RegExp) => files.filter((name) => pattern.test(name)).map((name) => join(folder, name));
  const [model] = named(/^model\..*\.bin$/u);
  const [shortlist] = named(/^lex\..*\.bin$/u);
  // Source before target: `srcvocab` sorts before `trgvocab`.
  const vocabularies = named(/vocab\..*\.spm$/u);
  const [, from = "", to = ""] = id.split("-");
  return model && shortlist && vocabularies.length > 0 ? { from, to, model, shortlist, vocabularies } : undefined;
}
