import { systemClock } from "@yizhan/meet";
import {
  type ConferenceItem,
  conferenceOf,
  impair,
  type Impairments,
  mergeConferences,
  partOf,
  type Recording,
  type RecordingHeader,
  replayConference,
  sendSilence,
} from "@yizhan/meet/replay";
import { CommittedWatch } from "./committed.ts";
import { readEvents } from "./events.ts";
import { type Percentiles, percentiles } from "./percentiles.ts";
import { type MeasuredTurn, measureTurns, translationLags } from "./turns.ts";

/** A conference to be played: as recorded, or what was made of it. */
export interface Part {
  readonly header: RecordingHeader;
  readonly items: readonly ConferenceItem[];
}

export interface BenchRun {
  /** `http://host:port` of a running speech service. */
  readonly url: string;
  readonly token: string;
  readonly session: string;
  /** Played side by side, each with its own speakers. */
  readonly recordings: readonly (Recording | Part)[];
  /** Ids of the speakers that are played, of each recording; default: all. */
  readonly speakers?: readonly string[];
  readonly impairments?: Impairments;
  /** Silence is sent too, as a source without DTX does. */
  readonly silence?: boolean;
  /** Languages that browsers ask for; default: every language spoken. */
  readonly requests?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface BenchResult {
  readonly speakers: number;
  readonly seconds: number;
  readonly turns: readonly MeasuredTurn[];
  /** Milliseconds. */
  readonly first: Percentiles | undefined;
  /** From the last sound that an interim covers to the interim. */
  readonly interim: Percentiles | undefined;
  readonly final: Percentiles | undefined;
  readonly translation: Percentiles | undefined;
  /** Turns that no caption came for. */
  readonly missed: number;
  readonly committedChanges: number;
  readonly commits: number;
  readonly droppedInterims: number;
  readonly lostSegments: number;
  /** Processor seconds of the service per second of conference. */
  readonly cores: number;
  readonly residentMb: number;
  /** The replaying side's own lateness, milliseconds: what the lags cannot be trusted below. */
  readonly worstLate: number;
}

/** Plays recordings into a running service as a bridge does, in real time, and measures what comes back. */
export async function benchReplay(run: BenchRun): Promise<BenchResult> {
  const { url, token, session } = run;
  const headers = run.recordings.map(({ header }, index) => ({
    ...header,
    speakers: header.speakers
      .filter(({ id }) => run.speakers?.includes(id) ?? true)
      .map((speaker) => ({ ...speaker, tag: partOf(index, speaker.tag), endpointId: partOf(index, speaker.endpointId) })),
  }));
  const everyone = headers.flatMap(({ speakers }) => speakers);
  const tags = new Set(everyone.map(({ tag }) => tag));
  if (tags.size < everyone.length) throw new RangeError("two speakers have one name");
  const merged = mergeConferences(run.recordings.map((one) => ("items" in one ? one.items : conferenceOf(one))));
  const items = merged.filter(({ tag }) => tags.has(tag));
  await request(`${url}/sessions/${session}/languages`, token, {
    method: "PUT",
    body: JSON.stringify(Object.fromEntries(everyone.map(({ endpointId, language }) => [endpointId, language]))),
  });

  const committed = new CommittedWatch();
  const interims: number[] = [];
  const counts = new Map<string, { dropped: number; lost: number }>();
  const watching = new AbortController();
  const ended = Promise.withResolvers<void>();
  const events = readEvents(`${url}/sessions/${session}/events`, token, watching.signal, (event) => {
    committed.take(event);
    if (event.type === "line" && !event.final) interims.push(Math.max(0, systemClock.now() - event.endedAt));
    if (event.type === "ended") ended.resolve();
    if (event.type !== "health") return;
    for (const { participant, droppedInterims, lostSegments } of event.speakers) {
      counts.set(participant.id, { dropped: droppedInterims, lost: lostSegments });
    }
  });
  const before = await processorOf(url, token);
  const began = performance.now();
  const report = await replayConference({
    url: `${url.replace(/^http/, "ws")}/transcribe?sessionId=${session}&sendBack=true&sendBackInterim=true`,
    token,
    items: impair(run.silence === true ? sendSilence(items) : items, run.impairments ?? {}),
    requests: run.requests ?? [...new Set(everyone.map(({ language }) => language))],
    ...(run.signal === undefined ? {} : { signal: run.signal }),
  });
  const seconds = (performance.now() - began) / 1_000;
  const after = await processorOf(url, token);
  await ended.promise;
  watching.abort();
  await events;

  const turns = headers.flatMap((header) => measureTurns(header, report.messages, report.startedAt));
  const sum = (of: (count: { dropped: number; lost: number }) => number) =>
    [...counts.values()].reduce((total, count) => total + of(count), 0);
  return {
    speakers: everyone.length,
    seconds,
    turns,
    first: percentiles(turns.flatMap(({ firstMs }) => firstMs ?? [])),
    interim: percentiles(interims),
    final: percentiles(turns.flatMap(({ finalMs }) => finalMs ?? [])),
    translation: percentiles(translationLags(report.messages)),
    missed: turns.filter(({ finalMs }) => finalMs === undefined).length,
    committedChanges: committed.changes,
    commits: committed.commits,
    droppedInterims: sum(({ dropped }) => dropped),
    lostSegments: sum(({ lost }) => lost),
    cores: (after.seconds - before.seconds) / seconds,
    residentMb: after.residentBytes / 1_048_576,
    worstLate: report.worstLate,
  };
}

async function processorOf(url: string, token: string): Promise<{ seconds: number; residentBytes: number }> {
  const metrics = await (await request(`${url}/metrics`, token)).text();
  const read = (name: string) => Number(new RegExp(`^${name} (\\S+)`, "m").exec(metrics)?.[1] ?? Number.NaN);
  return {
    seconds: read("process_cpu_seconds_total") + read("speech_engine_cpu_seconds"),
    residentBytes: read("process_resident_memory_bytes") + read("speech_engine_resident_bytes"),
  };
}

async function request(url: string, token: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, { ...init, headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`the speech service answered ${response.status}`);
  return response;
}
