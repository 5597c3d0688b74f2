import { join } from "node:path";
import { type Recording, readRecording } from "@yizhan/meet/replay";

/** Reads a committed conference by name: `consult-en-pt`. Throws where there is none of that name. */
export function recorded(name: string): Promise<Recording> {
  return readRecording(join(import.meta.dirname, "../../recordings", `${name}.jsonl.gz`));
}
