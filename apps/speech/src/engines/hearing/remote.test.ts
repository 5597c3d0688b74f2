import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, it } from "vitest";
import type { HearRequest, HearingEngine } from "../types.ts";
import { remoteHearing, withSecond } from "./remote.ts";

/** As whisper.cpp's own server answered in November 2026: pieces of words, lines that end where sixty letters do. */
const pieces = (...all: [word: string, probability: number][]) =>
  all.map(([word, probability], at) => ({ word, probability, start: at / 10, end: at / 10 + 0.1 }));
const whisperCpp = {
  task: "transcribe",
  language: "portuguese",
  text: " Tomo metformina,\n sim.\n",
  segments: [
    { id: 0, start: 0, end: 0.5, words: pieces([" Tomo", 0.9], [" met", 0.8], ["form", 0.4], ["ina", 0.7], [",", 0.1]) },
    { id: 1, start: 0.5, end: 1, words: pieces([" sim", 0.9], [".", 0.3]) },
  ],
};

/** Speaks OpenAI's transcription API well enough to be good, wrong or gone, by the model asked for. */
const asked: { headers: Headers; form: FormData }[] = [];
const server = createServer(async (request, response) => {
  const body = await new Response(request as never, {
    headers: { "content-type": request.headers["content-type"] ?? "" },
  }).formData();
  asked.push({ headers: new Headers(request.headers as Record<string, string>), form: body });
  const model = body.get("model");
  if (model === "busy") return void response.writeHead(503).end("Tomo 500 mg");
  if (model === "rubbish") return void response.end('{"text": 5, "said": "Tomo 500 mg"}');
  if (model === "elsewhere") return void response.writeHead(307, { location: "/other" }).end();
  if (model === "whisper.cpp") return void response.end(JSON.stringify(whisperCpp));
  const words = [
    { word: " Tomo", start: 0, end: 0.4 },
    { word: " quinhentos", start: 0.4, end: 0.9, probability: 0.4 },
  ];
  response.end(
    JSON.stringify({ text: " Tomo  quinhentos", words, segments: [{ start: 0, end: 1, avg_logprob: Math.log(0.9), text: "…" }] }),
  );
}).listen(0, "127.0.0.1");
afterAll(() => void server.close().closeAllConnections());

const speech = Float32Array.from({ length: 16_000 }, (_, at) => Math.sin(at / 9) / 4);
const request: HearRequest = { samples: speech, language: "pt-MZ", mode: "final", prompt: "metformina" };
let lost = 0;
const engineOf = (model: string) => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hear`;
  return remoteHearing({ url, model, apiKey: "k3y" }, { languages: ["pt"], onLost: () => (lost += 1) }).engine;
};

it("sends a segment as 16 kHz WAV with language, prompt and key, and takes text and certainty back", async () => {
  const heard = await engineOf("large-v3").hear(request);
  expect(heard).toMatchObject({ text: "Tomo quinhentos", language: "pt-MZ", engine: "remote" });
  expect(heard.words.map(({ text, probability = 0 }) => [text, Math.round(probability * 10)])).toEqual([
    ["Tomo", 9],
    ["quinhentos", 4],
  ]);
  const [{ headers, form } = { headers: new Headers(), form: new FormData() }] = asked.splice(0);
  expect(headers.get("authorization")).toBe("Bearer k3y");
  expect(Object.fromEntries([...form].filter(([name]) => name !== "file"))).toMatchObject({
    model: "large-v3",
    language: "pt",
    prompt: "metformina",
    response_format: "verbose_json",
  });
  const wav = Buffer.from(await (form.get("file") as File).arrayBuffer());
  expect([wav.toString("latin1", 0, 4), wav.readUInt32LE(24), wav.length]).toEqual(["RIFF", 16_000, 44 + 1.25 * 32_000]);
});

it("puts together the words that whisper.cpp's server tells in pieces", async () => {
  const heard = await engineOf("whisper.cpp").hear({ ...request, language: "pt" });
  expect(heard.text).toBe("Tomo metformina, sim.");
  expect(heard.words).toEqual([
    { text: "Tomo", probability: 0.9 },
    { text: "metformina,", probability: 0.4 },
    { text: "sim.", probability: 0.9 },
  ]);
  const [{ form } = { form: new FormData() }] = asked.splice(0);
  expect(["audio_ctx", "temperature_inc", "split_on_word"].map((name) => form.get(name))).toEqual(["256", "0", "true"]);
});

it.each(["busy", "rubbish", "elsewhere"])(
  "a server that is %s loses the segment after a second try, and nothing of it is told",
  async (model) => {
    lost = 0;
    asked.length = 0;
    const error: unknown = await engineOf(model)
      .hear(request)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "segment-lost" });
    expect({ lost, asked: asked.length }).toEqual({ lost: 1, asked: 2 });
    const { message, cause } = error as Error;
    expect(`${message} ${String(cause)}`).not.toMatch(/Tomo|500/);
  },
);

it("what the server loses, the station's own engine hears", async () => {
  const own: HearingEngine = {
    id: "whisper-base",
    languages: () => ["pt"],
    hear: async ({ language }) => ({ text: "Tomo 500", language, words: [], engine: "whisper-base", ms: 1 }),
    close: async () => undefined,
  };
  const both = withSecond(engineOf("busy"), own);
  await expect(both.hear(request)).resolves.toMatchObject({ text: "Tomo 500", engine: "whisper-base" });
  const given = AbortSignal.abort();
  await expect(both.hear({ ...request, signal: given })).rejects.toMatchObject({ name: "AbortError" });
});
