import { join } from "node:path";
import { fetchModel } from "./fetch.ts";

const here = join(import.meta.dirname, "../../../.yizhan/models");

/** What tests with real weights need: about 260 MB, fetched once into `.yizhan/models` of the checkout. */
export const testModelIds = ["silero-vad", "moonshine-tiny-en", "whisper-base", "bergamot-en-pt", "bergamot-pt-en"];

/** The folder, with these models in it. Side by side processes wait for each other. */
export async function testModels(ids: readonly string[] = testModelIds): Promise<string> {
  for (const id of ids) await fetchModel(id, here);
  return here;
}
