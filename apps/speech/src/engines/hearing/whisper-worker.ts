import { openSync, readSync, closeSync } from "node:fs";
import { WhisperModel, WhisperSamplingStrategy, TranscribeTask } from "smart-whisper";
import { serveTasks } from "../host/serve.ts";
import type { HearingTask, RawHeard, RawWord } from "./raw.ts";
import { wordsOf } from "./pieces.ts";
import { audioContext, padded } from "./whisper-window.ts";

/** Text tokens come first in Whisper's vocabulary; this one ends the text, special ones follow. */
const END_OF_TEXT = 50_257;
/** At most so many text tokens for a second of speech, and a few more: beyond it the decoder is in a loop. */
const TOKENS_PER_SECOND = 9;
const BEAMS = 5;

await serveTasks<{ file: string }, HearingTask>(async ({ file }) => {
  const vocabulary = readVocabulary(file);
  const model = await WhisperModel.load(file, false);
  return async ({ samples, language, search, prompt }) => {
    const pcm = padded(samples);
    const most = Math.ceil((samples.length / 16_000) * TOKENS_PER_SECOND) + 8;
    const task = await TranscribeTask.run(model, pcm, {
      strategy:
        search === "thorough"
          ? WhisperSamplingStrategy.WHISPER_SAMPLING_BEAM_SEARCH
          : WhisperSamplingStrategy.WHISPER_SAMPLING_GREEDY,
      beam_size: BEAMS,
      best_of: 1,
      // One thread a segment: whisper.cpp's threads spin while they wait for each other.
      n_threads: 1,
      language,
      format: "detail",
      audio_ctx: audioContext(pcm.length),
      no_context: true,
      no_timestamps: true,
      single_segment: true,
      suppress_blank: true,
      suppress_non_speech_tokens: true,
      // By default the beams are ranked by probability per token, and a sentence said over again is the likelier by
      // that measure: "two tablets. Two tablets." Next to nothing here ranks them by the probability of the whole.
      length_penalty: 0.01,
      temperature: 0,
      // No second attempt at a higher temperature: it invents, and nobody waits for it.
      temperature_inc: 0,
      max_tokens: most,
      ...(prompt ? { initial_prompt: prompt } : {}),
    });
    const tokens = (await task.result).flatMap((segment) => segment.tokens).filter((token) => token.id < END_OF_TEXT);
    return { ...assemble(tokens, vocabulary), cut: tokens.length >= most };
  };
});

/** Text and words from tokens. A token may be part of a character, so bytes are joined first. */
function assemble(tokens: readonly { id: number; p: number }[], vocabulary: readonly Uint8Array[]): Omit<RawHeard, "cut"> {
  const decoder = new TextDecoder();
  const pieces: Required<RawWord>[] = [];
  let probability = 1;
  for (const token of tokens) {
    const text = decoder.decode(vocabulary[token.id] ?? new Uint8Array(0), { stream: true });
    probability = Math.min(probability, token.p);
    if (text === "") continue;
    pieces.push({ text, probability });
    probability = 1;
  }
  const text = pieces.map((piece) => piece.text).join("");
  return { text: text.trim(), words: wordsOf(pieces) };
}

/** The tokens' bytes stand in the model file after eleven numbers and the mel filters. */
function readVocabulary(file: string): Uint8Array[] {
  const head = Buffer.alloc(2 ** 20);
  const handle = openSync(file, "r");
  readSync(handle, head, 0, head.length, 0);
  closeSync(handle);
  let at = 12 * 4;
  const i32 = () => head.readInt32LE((at += 4) - 4);
  const melBytes = i32() * i32() * 4;
  at += melBytes;
  return Array.from({ length: i32() }, () => {
    const length = i32();
    return head.subarray(at, (at += length));
  });
}
