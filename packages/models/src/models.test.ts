import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FormatError, readCtranslate2 } from "./convert/ctranslate2.ts";
import {
  addModel,
  bergamotIds,
  catalogue,
  fetchModel,
  hearingModels,
  importModel,
  installed,
  measuredLanguages,
  modelsFor,
  removeAdded,
  verifyModel,
} from "./index.ts";
import { testModels } from "./testing.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "models-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the catalogue", () => {
  it("gives every file a checksum and every model a licence and a source", () => {
    expect(catalogue.size).toBeGreaterThan(140);
    for (const model of catalogue.values()) {
      expect(model.licence).not.toBe("");
      for (const { files, sources } of model.pieces) {
        expect(sources.length).toBeGreaterThan(0);
        for (const file of files) expect(file.sha256 ?? file.packed?.sha256).toMatch(/^[0-9a-f]{64}$/u);
      }
    }
  });

  it("knows what a region needs, through English where there is no direct pair", () => {
    const step = (engine: string, to: string) => ({ engine, to });
    expect(
      modelsFor({
        hear: { en: ["moonshine-tiny-en", "whisper-base"], pt: ["whisper-base"] },
        translate: [
          { from: "pt", to: "en", steps: [step("bergamot", "en")] },
          { from: "en", to: "es", steps: [step("bergamot", "pt"), step("apertium", "es")] },
        ],
      }),
    ).toEqual(["silero-vad", "moonshine-tiny-en", "whisper-base", "bergamot-pt-en", "bergamot-en-pt"]);
    expect(bergamotIds("pt-MZ", "fr")).toEqual(["bergamot-pt-en", "bergamot-en-fr"]);
    expect(bergamotIds("sw", "en")).toEqual([]);
    expect(modelsFor({ hear: {}, translate: [] })).toEqual([]);
  });
});

it("hearing is offered where it is worth a try, and says where it was measured", () => {
  expect(hearingModels("en")).toEqual(["moonshine-tiny-en", "whisper-base"]);
  expect(hearingModels("pt-MZ")).toEqual(["whisper-base"]);
  expect(["am", "km", "my", "sw", "so", "ne", "uz"].flatMap(hearingModels)).toEqual([]);
  expect(measuredLanguages().toSorted()).toEqual(["en", "es", "fr", "pt", "zh"]);
});

// One of them fetches from a registry, on whatever line there is.
describe("on the disk", { timeout: 900_000 }, () => {
  it("fetches a model once, whoever asks at the same time, and sees a damaged byte", async () => {
    const id = "silero-vad";
    expect(await verifyModel(folder, id)).toBe("absent");
    const fetched = await Promise.all([fetchModel(id, folder), fetchModel(id, folder)]);
    expect(fetched.toSorted()).toEqual([false, true]);
    expect(await verifyModel(folder, id)).toBe("whole");
    const file = join(folder, id, "silero_vad.onnx");
    const bytes = await readFile(file);
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    await writeFile(file, bytes);
    expect(await verifyModel(folder, id)).toBe("damaged");
  });

  it("imports what was carried here, and only what has its checksum", async () => {
    const whole = await testModels(["silero-vad"]);
    const carried = join(folder, "carried");
    await mkdir(carried);
    await copyFile(join(whole, "silero-vad/silero_vad.onnx"), join(carried, "silero_vad.onnx"));
    const target = join(folder, "imported");
    await importModel("silero-vad", carried, target);
    expect(await verifyModel(target, "silero-vad")).toBe("whole");
    await truncate(join(carried, "silero_vad.onnx"), 5000);
    const other = join(folder, "other");
    await expect(importModel("silero-vad", carried, other)).rejects.toMatchObject({ code: "wrong-checksum" });
    expect(await installed(other, "silero-vad")).toBeUndefined();
  });

  it("makes of CTranslate2's Whisper the very file that whisper.cpp publishes", async () => {
    const models = await testModels(["whisper-base"]);
    expect(await verifyModel(models, "whisper-base")).toBe("whole");
  });

  it("adds a model of one's own, known from then on wherever its folder goes, and takes it away again", async () => {
    const file = join(await testModels(["whisper-base"]), "whisper-base/ggml-base.bin");
    const own = { id: "ours-pt", languages: ["pt", "pt-MZ"], licence: "MIT", file };
    const models = join(folder, "own");
    const { read } = await addModel(own, models);
    expect(read).toEqual({ multilingual: true, layers: 6 });
    expect(await verifyModel(models, "ours-pt")).toBe("whole");
    expect(catalogue.get("ours-pt")).toMatchObject({ kind: "hearing", engine: "whisper", licence: "MIT", quality: [] });
    await expect(addModel(own, models)).rejects.toMatchObject({ code: "model-known" });
    await expect(addModel({ ...own, id: "whisper-base" }, models)).rejects.toMatchObject({ code: "model-known" });
    const carried = join(folder, "own-carried");
    await rename(models, carried);
    await removeAdded("ours-pt", carried).then(() => expect(catalogue.has("ours-pt")).toBe(false));
    await expect(removeAdded("silero-vad", folder)).rejects.toMatchObject({ code: "unknown-model" });

    await addModel({ ...own, id: "ours-again", url: "https://models.example.org/pt/ggml.bin" }, carried);
    expect(catalogue.get("ours-again")?.pieces[0]?.sources).toEqual([
      { kind: "url", base: "https://models.example.org/pt/", names: { "ggml.bin": "ggml.bin" } },
    ]);
    for (const [wrong, code] of [
      [{ licence: "" }, "description-invalid"],
      [{ languages: ["Português"] }, "description-invalid"],
      [{ id: "Ours!" }, "description-invalid"],
      [{ file: join(folder, "silero-vad/silero_vad.onnx") }, "not-a-model"],
      [{ file: join(folder, "nowhere") }, "not-a-model"],
    ] as const)
      await expect(addModel({ ...own, id: "other", ...wrong }, carried)).rejects.toMatchObject({ code });
    const short = join(folder, "short.bin");
    await writeFile(short, (await readFile(file)).subarray(0, 4_000_000));
    await expect(addModel({ ...own, id: "other", file: short }, carried)).rejects.toMatchObject({ code: "not-a-model" });
    expect(await readdir(carried)).toEqual([".partial", "ours-again"]);
  });

  it("refuses an unknown model and a file that is no CTranslate2 model", async () => {
    await expect(fetchModel("no-such-model", folder)).rejects.toMatchObject({ code: "unknown-model" });
    expect(() => readCtranslate2(new Uint8Array(40))).toThrow(FormatError);
    expect(() => readCtranslate2(Uint8Array.of(6, 0, 0, 0, 9, 0, 87))).toThrow(FormatError);
  });
});
