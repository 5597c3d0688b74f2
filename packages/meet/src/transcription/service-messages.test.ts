import { expect, test } from "vitest";
import { captionMessage, infoMessage, parseServiceMessage, pongMessage, translationMessage } from "./service-messages.ts";

const participant = { id: "35590c31", tag: "35590c31-a0" };

test("every message says its event, and captions their language", () => {
  const interim = captionMessage({
    segmentId: "s1",
    participant,
    text: "não",
    final: false,
    stability: 0.9,
    startedAt: 1.4,
    language: "pt",
  });
  expect(JSON.parse(interim)).toEqual({
    event: "transcription-result",
    type: "transcription-result",
    message_id: "s1",
    participant,
    transcript: [{ text: "não" }],
    is_interim: true,
    stability: 0.9,
    timestamp: 1,
    language: "pt",
  });
  const final = captionMessage({
    segmentId: "s1",
    participant,
    text: "não",
    final: true,
    stability: 1,
    confidence: 0.5,
    startedAt: 1,
    language: "pt",
  });
  expect(JSON.parse(final)).toMatchObject({ is_interim: false, transcript: [{ text: "não", confidence: 0.5 }] });
  expect(JSON.parse(final)).not.toHaveProperty("stability");
  const translation = translationMessage({ segmentId: "s1", participant, text: "no", language: "en", startedAt: 1 });
  expect(JSON.parse(translation)).toMatchObject({
    event: "transcription-result",
    type: "translation-result",
    text: "no",
    message_id: "s1",
  });
  for (const message of [interim, final, translation, pongMessage(7), infoMessage("a", "1", "not-json")]) {
    expect(parseServiceMessage(message)).toEqual(JSON.parse(message));
  }
});

test.each([
  "no json",
  "{}",
  '{"event":"pong"}',
  '{"event":"pong","id":"7"}',
  '{"type":"transcription-result","transcript":[{"text":"secret"}]}',
  '{"event":"transcription-result","type":"transcription-result","message_id":"1","participant":{"id":"a"},"transcript":[{"text":"secret"}],"is_interim":false,"timestamp":1}',
])("what a bridge could not take is refused without being quoted: %s", (text) => {
  expect(() => parseServiceMessage(text)).toThrow(TypeError);
  expect(() => parseServiceMessage(text)).not.toThrow(/secret/);
});
