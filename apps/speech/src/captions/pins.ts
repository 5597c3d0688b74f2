import type { Pin } from "@yizhan/meet";
import type { HeardWord } from "../engines/types.ts";

/**
 * Gives each pin the least certain probability of the words it stands on, so that a doubtful number
 * looks doubtful. Words are found in the text in their order; one that is not there is passed over.
 */
export function weighPins(text: string, pins: readonly Pin[], words: readonly HeardWord[]): Pin[] {
  const places = placesOf(text, words);
  return pins.map((pin) => {
    const known = places
      .filter((place) => place.start < pin.end && place.end > pin.start)
      .map((place) => place.probability)
      .concat(pin.probability ?? []);
    return known.length === 0 ? pin : { ...pin, probability: Math.min(...known) };
  });
}

function placesOf(text: string, words: readonly HeardWord[]): { start: number; end: number; probability: number }[] {
  const lower = text.toLowerCase();
  let from = 0;
  return words.flatMap((word) => {
    const bare = word.text.trim().toLowerCase();
    const start = bare === "" ? -1 : lower.indexOf(bare, from);
    // A word far ahead is another one that is spelled alike.
    if (start === -1 || start - from > 80) return [];
    from = start + bare.length;
    return word.probability === undefined ? [] : [{ start, end: from, probability: word.probability }];
  });
}
