export interface Speaker {
  id: string;
  endpointId: string;
  /** BCP 47, what is spoken. */
  language: string;
  name: string;
  /** A Kokoro voice. */
  voice: string;
}

export interface Script {
  name: string;
  speakers: Speaker[];
  /** Who says what, in order. */
  turns: [speaker: string, text: string][];
}

export const RATE = 48_000;

/** A turn as sound: 48 kHz mono. */
export interface SpokenTurn {
  speaker: string;
  text: string;
  samples: Float32Array;
}
