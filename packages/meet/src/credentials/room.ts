import { randomBytes } from "node:crypto";

const letters = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * A name for one call's room that nobody guesses (130 bits) and that says nothing of anybody. It is also the meeting's
 * id, under which the bridge brings its sound to the speech service.
 */
export function makeRoomName(): string {
  return `v${[...randomBytes(26)].map((byte) => letters[byte % 32]).join("")}`;
}

/** True for what {@link makeRoomName} makes. */
export const isRoomName = (name: string): boolean => /^v[a-z2-7]{26}$/.test(name);
