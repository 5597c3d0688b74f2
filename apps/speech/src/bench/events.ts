import { type CaptionEvent, captionEventSchema } from "@yizhan/meet";

/** Reads a session's event stream until `signal` ends it. */
export async function readEvents(
  url: string,
  token: string,
  signal: AbortSignal,
  take: (event: CaptionEvent) => void,
): Promise<void> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal });
  let text = "";
  try {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (text + chunk).split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        if (block.startsWith("data: ")) take(captionEventSchema.parse(JSON.parse(block.slice(6))));
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
