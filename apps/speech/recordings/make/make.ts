import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { testModels } from "@yizhan/models/testing";
import { conference } from "./conference.ts";
import { openKokoro } from "./kokoro.ts";
import { asterisk, librivox } from "./real-voices.ts";
import type { Script, Speaker, SpokenTurn } from "./script.ts";
import { upsample } from "./sound.ts";
import { consultEnPt } from "./texts/consult-en-pt.ts";
import { consultFrEs } from "./texts/consult-fr-es.ts";
import { consultPtEs } from "./texts/consult-pt-es.ts";
import { consultZhEn } from "./texts/consult-zh-en.ts";
import { followUpPtZh } from "./texts/follow-up-pt-zh.ts";

/**
 * Makes the committed recordings anew: `node make.ts <python> [name…]`, where `<python>` has `misaki[zh]`. Needs Debian's
 * espeak-ng, ffmpeg, sox, pocketsphinx-testdata, asterisk-core-sounds-es and asterisk-core-sounds-es-wav.
 */
const [python = "python3", ...names] = process.argv.slice(2);
const wanted = (name: string) => names.length === 0 || names.includes(name);

async function write(
  about: { recording: string; licence: string; made: string },
  speakers: Speaker[],
  turns: SpokenTurn[],
  requests: string[],
): Promise<void> {
  const lines = conference(about, speakers, turns, requests);
  await writeFile(
    join(import.meta.dirname, "..", `${about.recording}.jsonl.gz`),
    gzipSync(`${lines.join("\n")}\n`, { level: 9 }),
  );
}

for (const script of [consultEnPt, consultZhEn, consultFrEs, consultPtEs, followUpPtZh].filter(({ name }) => wanted(name))) {
  const speak = await openKokoro(join(await testModels(["kokoro-82m"]), "kokoro-82m"), python);
  const turns = await spoken(script, speak);
  const about = {
    recording: script.name,
    licence: "Apache-2.0",
    made: "Text written for this project; voices Kokoro-82M (Apache-2.0), phonemes espeak-ng and misaki; recordings/make/make.ts",
  };
  await write(
    about,
    script.speakers,
    turns,
    script.speakers.map(({ language }) => language),
  );
}

if (wanted("librivox-en")) {
  const reader = { id: "reader", endpointId: "4d0b61c7", language: "en", name: "LibriVox reader", voice: "" };
  const about = {
    recording: "librivox-en",
    licence: 'Public domain (LibriVox, "Sense and Sensibility", chapter 1); files from pocketsphinx-testdata',
    made: "recordings/make/make.ts; transcript: pocketsphinx-testdata",
  };
  await write(about, [reader], librivox(), []);
}

if (wanted("asterisk-es")) {
  const speaker = { id: "speaker", endpointId: "e2f97a18", language: "es", name: "Allison Smith", voice: "" };
  const about = {
    recording: "asterisk-es",
    licence: "CC BY-SA 3.0, © 2003-2010 Allison Smith; Asterisk core sounds, Spanish",
    made: "recordings/make/make.ts from Debian's asterisk-core-sounds-es-wav; transcript: asterisk-core-sounds-es",
  };
  await write(about, [speaker], asterisk(), []);
}

async function spoken(script: Script, speak: Awaited<ReturnType<typeof openKokoro>>): Promise<SpokenTurn[]> {
  const turns: SpokenTurn[] = [];
  for (const [id, text] of script.turns) {
    const speaker = script.speakers.find((one) => one.id === id);
    if (!speaker) throw new Error(`nobody is called ${id}`);
    turns.push({ speaker: id, text, samples: upsample(await speak(text, speaker.language, speaker.voice)) });
  }
  return turns;
}
