import { useEffect, useRef, useState } from "preact/hooks";
import { useLanguage } from "../locale.tsx";
import type { Grant } from "./api.ts";
import { type ExternalApi, openRoom } from "./external-api.ts";

export type Over = "left" | "cut";

interface MeetingProps {
  readonly grant: Grant;
  /** What the frame is, for a screen reader. */
  readonly label: string;
  readonly soundOnly?: boolean;
  readonly small?: boolean;
  /** They are in the room, under this name. */
  readonly joined: (participant: string) => void;
  /** They are not any more; also told as the page goes away. */
  readonly left: (participant: string) => void;
  /** The room is closed on this page. */
  readonly over: (how: Over) => void;
  /** The Jitsi did not answer. */
  readonly failed: (error: unknown) => void;
}

/** The room of a call, in the page. What it tells is passed on; leaving the page leaves the room. */
export function Meeting({ grant, label, soundOnly = false, small = false, ...told }: MeetingProps) {
  const { tag } = useLanguage();
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(told);
  latest.current = told;
  const [ready, setReady] = useState(false);
  useEffect(() => {
    const parent = place.current;
    if (parent === null) return undefined;
    let api: ExternalApi | undefined;
    let gone = false;
    let participant: string | undefined;
    const leave = () => {
      if (participant !== undefined) latest.current.left(participant);
      participant = undefined;
    };
    const close = (how: Over) => {
      if (gone) return;
      leave();
      latest.current.over(how);
    };
    openRoom({ grant, parent, language: tag, soundOnly, small }).then(
      (opened) => {
        if (gone) return opened.dispose();
        api = opened;
        parent.querySelector("iframe")?.setAttribute("title", label);
        setReady(true);
        opened.addListener("videoConferenceJoined", ({ id }) => {
          participant = String(id);
          latest.current.joined(participant);
        });
        opened.addListener("videoConferenceLeft", leave);
        opened.addListener("readyToClose", () => close("left"));
        opened.addListener("errorOccurred", ({ error }) => {
          if ((error as { isFatal?: boolean } | undefined)?.isFatal === true) close("cut");
        });
        return undefined;
      },
      (error: unknown) => gone || latest.current.failed(error),
    );
    window.addEventListener("pagehide", leave);
    return () => {
      gone = true;
      window.removeEventListener("pagehide", leave);
      leave();
      api?.executeCommand("hangup");
      api?.dispose();
    };
  }, [grant]);
  return <div class={small ? "meeting small" : "meeting"} ref={place} aria-busy={!ready} />;
}
