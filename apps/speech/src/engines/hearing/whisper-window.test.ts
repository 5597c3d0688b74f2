import { expect, it } from "vitest";
import { audioContext, padded } from "./whisper-window.ts";

it("never gives whisper.cpp less than it hears, and fits the encoder to the segment", () => {
  expect(padded(new Float32Array(1600)).length).toBe(19_200);
  expect(padded(new Float32Array(64_000)).length).toBe(68_000);
  expect(audioContext(68_000)).toBe(288);
  expect(audioContext(29.9 * 16_000)).toBe(1500);
});
