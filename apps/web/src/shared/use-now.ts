import { useEffect, useState } from "preact/hooks";

/** The time, moving on by itself, so that “3 minutes ago” stays true. */
export function useNow(every = 5_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
