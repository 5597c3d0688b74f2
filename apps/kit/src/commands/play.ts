import { readFile, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { conferenceOf, readRecording, type Recording, replayConference } from "@yizhan/meet/replay";
import { loadRegion } from "@yizhan/region";
import { z } from "zod";
import { root } from "../environment.ts";
import { KitError } from "../errors.ts";
import { layout } from "../local/layout.ts";
import type { Text } from "../text.ts";

const recordings = join(root, "apps/speech/recordings");

const localSchema = z.object({
  nodes: z.array(
    z.object({ code: z.string(), url: z.string(), speechUrl: z.string().optional(), speechToken: z.string().optional() }),
  ),
});

export interface PlayOptions {
  readonly data: string;
  readonly session?: string;
  readonly speed: number;
}

/** `yizhan play MZ consult`: a recorded conversation goes into the station's speech service as a Jitsi bridge would send it. */
export async function play(country: string, name: string, options: PlayOptions, text: Text): Promise<void> {
  const code = country.toUpperCase();
  const node = await speechOf(resolve(options.data), code);
  const { file, recording } = await findRecording(code, name);
  const session = options.session ?? `${file}-${Date.now().toString(36)}`;
  const headers = { authorization: `Bearer ${node.speechToken}`, "content-type": "application/json" };
  const { speakers } = recording.header;
  const languages = Object.fromEntries(
    speakers.map((speaker) => [speaker.endpointId, { language: speaker.language, name: speaker.name ?? speaker.id }]),
  );
  const told = await fetch(`${node.speechUrl}/sessions/${encodeURIComponent(session)}/languages`, {
    method: "PUT",
    headers,
    body: JSON.stringify(languages),
  });
  if (!told.ok) throw new KitError("step-failed", { step: `PUT languages: ${told.status}` });

  console.log(text("play.started", { recording: file, code, session, booth: `${node.url}/booth` }));
  const names = new Map(speakers.map((speaker) => [speaker.endpointId, speaker.name ?? speaker.id]));
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  let lines = 0;
  let translations = 0;
  const query = new URLSearchParams({ sessionId: session, sendBack: "true", sendBackInterim: "true" });
  await replayConference({
    url: `${node.speechUrl.replace(/^http/, "ws")}/transcribe?${query}`,
    token: node.speechToken,
    items: conferenceOf(recording),
    speed: options.speed,
    requests: [...new Set(speakers.map((speaker) => new Intl.Locale(speaker.language).language))],
    signal: stop.signal,
    onMessage(message) {
      if (message.event !== "transcription-result") return;
      const who = names.get(message.participant.id) ?? message.participant.id;
      if (message.type === "translation-result") {
        translations += 1;
        console.log(`    → ${message.language}: ${message.text}`);
      } else if (!message.is_interim) {
        lines += 1;
        console.log(`${who} (${message.language}): ${message.transcript.map((part) => part.text).join(" ")}`);
      }
    },
  });
  console.log(text("play.done", { lines, translations }));
}

async function speechOf(data: string, code: string): Promise<{ url: string; speechUrl: string; speechToken: string }> {
  let json: string;
  try {
    json = await readFile(layout(data).localJson, "utf8");
  } catch (error) {
    throw new KitError("not-running", { path: data }, error);
  }
  const node = localSchema.parse(JSON.parse(json)).nodes.find((one) => one.code === code);
  if (node?.speechUrl === undefined || node.speechToken === undefined) throw new KitError("country-unknown", { code });
  return { url: node.url, speechUrl: node.speechUrl, speechToken: node.speechToken };
}

/** `consult` is the recording whose name begins so and whose languages the country's patients speak first. */
async function findRecording(code: string, name: string): Promise<{ file: string; recording: Recording }> {
  const known = (await readdir(recordings))
    .filter((file) => file.endsWith(".jsonl.gz"))
    .map((file) => file.slice(0, -".jsonl.gz".length));
  const matching = known.includes(name) ? [name] : known.filter((file) => file.startsWith(`${name}-`));
  const { care } = (await loadRegion(join(root, "regions"), code)).languages;
  const place = (file: string) =>
    Math.min(...file.split("-").map((part) => (care.includes(part) ? care.indexOf(part) : care.length)));
  const [file] = matching.toSorted((a, b) => place(a) - place(b));
  if (file === undefined) throw new KitError("recording-unknown", { name, known: known.join(", ") });
  return { file, recording: await readRecording(join(recordings, `${file}.jsonl.gz`)) };
}
