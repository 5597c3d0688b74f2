import { type CaptionEvent, type Line, type Translation } from "@yizhan/meet";
import type { OwnCaption } from "./schema.ts";

/** Lines whose translation may still come. */
const most = 60;

const primary = (tag: string) => tag.split("-", 1)[0]?.toLowerCase() ?? "";

/**
 * What a patient reads of a conversation: what is said in their language, and finals of others translated into it.
 * A translation that the checks doubt comes with what was said; a line that cannot be translated is what was said.
 * `participant` is their own name in the call.
 */
export function patientCaptions(language: string, participant: string) {
  const wanted = primary(language);
  const lines = new Map<string, Line>();
  return function caption(event: CaptionEvent): OwnCaption | undefined {
    if (event.type === "line") {
      lines.set(event.segmentId, event);
      for (const id of lines.keys()) if (lines.size > most) lines.delete(id);
      return primary(event.language) === wanted ? heard(event) : undefined;
    }
    return event.type === "translation" && primary(event.to) === wanted ? translated(event) : undefined;
  };

  function heard(line: Line): OwnCaption {
    const text = line.corrected?.text ?? line.text;
    return { id: line.segmentId, own: own(line), text, language: line.language, final: line.final };
  }
  function translated({ segmentId, text, to, flags }: Translation): OwnCaption | undefined {
    const line = lines.get(segmentId);
    if (line === undefined) return undefined;
    if (text === "") return heard(line);
    const source = { text: line.corrected?.text ?? line.text, language: line.language };
    return { id: segmentId, own: own(line), text, language: to, final: true, ...(flags.length === 0 ? {} : { source }) };
  }
  function own(line: Line): boolean {
    return line.participant.id === participant;
  }
}
