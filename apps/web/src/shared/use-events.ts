import { useEffect, useRef, useState } from "preact/hooks";

export type Link = "connecting" | "live" | "lost";

/**
 * Server-sent events of `url`, as long as the component lives. The browser reconnects by itself
 * after a cut; where the server refused, a new try follows after `retry` milliseconds.
 */
export function useEvents<T>(url: string, take: (event: T) => void, retry = 3_000): Link {
  const [link, setLink] = useState<Link>("connecting");
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      const opened = new EventSource(url);
      source = opened;
      opened.addEventListener("open", () => setLink("live"));
      opened.addEventListener("message", (message: MessageEvent<string>) => {
        setLink("live");
        latest.current(JSON.parse(message.data) as T);
      });
      opened.addEventListener("error", () => {
        setLink("lost");
        if (opened.readyState === EventSource.CLOSED) timer = setTimeout(open, retry);
      });
    };
    setLink("connecting");
    open();
    return () => {
      clearTimeout(timer);
      source?.close();
    };
  }, [url, retry]);
  return link;
}
