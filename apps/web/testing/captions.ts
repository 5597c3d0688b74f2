import type { CaptionEvent, Participant } from "@yizhan/meet";

/** A short piece of a consultation, as the speech service tells it: with doubts, a flag and an interim line. */
const doctor: Participant = { id: "p1", tag: "p1-a0", name: "Dr. Lin", language: "en" };
const patient: Participant = { id: "p2", tag: "p2-a0", name: "Ana Machava", language: "pt" };
const begun = Date.UTC(2026, 10, 22, 9, 30, 0);

export const participants = [doctor, patient];

export const conversation: readonly CaptionEvent[] = [
  { type: "participant", participant: doctor, captions: true },
  { type: "participant", participant: patient, captions: true },
  {
    type: "line",
    segmentId: "s1",
    participant: patient,
    language: "pt",
    text: "Tenho dor no peito há 3 dias, não consigo dormir.",
    committed: 48,
    final: true,
    pins: [
      { kind: "body", start: 13, end: 18, text: "peito", value: "chest" },
      { kind: "duration", start: 22, end: 28, text: "3 dias", value: "3 d", probability: 0.94 },
      { kind: "negation", start: 30, end: 33, text: "não", value: "not" },
    ],
    startedAt: begun,
    endedAt: begun + 4_000,
  },
  {
    type: "translation",
    segmentId: "s1",
    from: "pt",
    to: "en",
    text: "I have had chest pain for 3 days, I can't sleep.",
    route: "bergamot",
    pins: [
      { kind: "body", start: 11, end: 16, text: "chest", value: "chest" },
      { kind: "duration", start: 26, end: 32, text: "3 days", value: "3 d" },
      { kind: "negation", start: 36, end: 41, text: "can't", value: "not" },
    ],
    flags: [],
  },
  {
    type: "line",
    segmentId: "s2",
    participant: doctor,
    language: "en",
    text: "Take amoxicillin 500 mg three times a day for seven days.",
    committed: 57,
    final: true,
    pins: [
      {
        kind: "drug",
        start: 5,
        end: 16,
        text: "amoxicillin",
        value: "INN:amoxicillin",
        probability: 0.52,
        candidates: ["ampicillin"],
      },
      { kind: "dose", start: 17, end: 23, text: "500 mg", value: "500 mg", probability: 0.97 },
      { kind: "frequency", start: 24, end: 41, text: "three times a day", value: "3/d" },
      { kind: "duration", start: 46, end: 56, text: "seven days", value: "7 d" },
    ],
    startedAt: begun + 6_000,
    endedAt: begun + 10_000,
  },
  {
    type: "translation",
    segmentId: "s2",
    from: "en",
    to: "pt",
    text: "Tome amoxicilina 50 mg três vezes ao dia durante sete dias.",
    route: "bergamot",
    pins: [
      { kind: "drug", start: 5, end: 16, text: "amoxicilina", value: "INN:amoxicillin" },
      { kind: "dose", start: 17, end: 22, text: "50 mg", value: "50 mg" },
      { kind: "frequency", start: 23, end: 40, text: "três vezes ao dia", value: "3/d" },
    ],
    flags: [{ code: "number-changed", source: "500 mg", target: "50 mg" }],
  },
  {
    type: "health",
    behind: false,
    speakers: [
      { participant: doctor, engine: "moonshine-tiny-en", lagMs: 640, droppedInterims: 0, lostSegments: 0 },
      { participant: patient, engine: "whisper-base", lagMs: 1_120, droppedInterims: 2, lostSegments: 0 },
    ],
  },
  {
    type: "line",
    segmentId: "s3",
    participant: patient,
    language: "pt",
    text: "Sou alérgica à penicilina desde criança",
    committed: 25,
    final: false,
    pins: [{ kind: "allergy", start: 4, end: 12, text: "alérgica", value: "allergy" }],
    startedAt: begun + 11_000,
    endedAt: begun + 13_000,
  },
];

/** The `n`-th of any number of further lines, to fill the window. */
export function another(n: number): CaptionEvent {
  const speaker = n % 2 === 0 ? doctor : patient;
  return {
    type: "line",
    segmentId: `more-${n}`,
    participant: speaker,
    language: speaker.language,
    text: n % 2 === 0 ? `Please breathe in deeply, number ${n}.` : `Sim, doutor, já respirei, número ${n}.`,
    committed: 10,
    final: true,
    pins: [],
    startedAt: begun + 20_000 + n * 1_000,
    endedAt: begun + 20_500 + n * 1_000,
  };
}
