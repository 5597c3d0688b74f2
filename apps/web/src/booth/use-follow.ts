import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** How near the end still counts as being there, CSS pixels. */
const near = 48;

/**
 * Keeps the newest line in sight until the reader scrolls back; then stays where she reads and
 * counts what came since. `change` is anything that changes with the content.
 */
export function useFollow(count: number, change: unknown) {
  const box = useRef<HTMLElement>(null);
  const [leftAt, setLeftAt] = useState<number>();
  const newest = useRef(count);
  newest.current = count;

  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const scrolled = () => {
      const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < near;
      setLeftAt((before) => (atEnd ? undefined : (before ?? newest.current)));
    };
    element.addEventListener("scroll", scrolled, { passive: true });
    return () => element.removeEventListener("scroll", scrolled);
  }, []);
  useLayoutEffect(() => {
    const element = box.current;
    if (element !== null && leftAt === undefined) element.scrollTop = element.scrollHeight;
  }, [change, leftAt]);

  return {
    box,
    /** Lines since the reader left the end; undefined while she is there. */
    away: leftAt === undefined ? undefined : count - leftAt,
    follow: () => setLeftAt(undefined),
    show(segmentId: string) {
      const line = document.getElementById(`segment-${segmentId}`);
      line?.scrollIntoView({ block: "center" });
      line?.focus({ preventScroll: true });
    },
  };
}
