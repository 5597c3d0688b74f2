import { useCallback, useEffect, useRef, useState } from "preact/hooks";

export type Screen =
  | { readonly name: "language"; readonly back?: Screen }
  | { readonly name: "home" }
  | { readonly name: "question"; readonly step: number }
  | { readonly name: "done" }
  | { readonly name: "status" }
  | { readonly name: "record" }
  | { readonly name: "call" };

type Go = (screen: Screen, how?: "push" | "replace") => void;

/** Where the worker is, kept in the browser's history: the phone's back key goes one question back. */
export function useScreen(first: Screen): [Screen, Go] {
  const [screen, setScreen] = useState<Screen>(first);
  const moved = useRef(false);
  useEffect(() => {
    history.replaceState(first, "");
    const back = (event: PopStateEvent) => {
      moved.current = true;
      setScreen((event.state as Screen | null) ?? { name: "home" });
    };
    window.addEventListener("popstate", back);
    return () => window.removeEventListener("popstate", back);
  }, []);
  // A new screen is read from its top, by eyes and by screen readers.
  useEffect(() => {
    if (!moved.current) return;
    window.scrollTo(0, 0);
    document.querySelector(".care-scroll")?.scrollTo(0, 0);
    document.querySelector<HTMLElement>("h1")?.focus();
  }, [screen]);
  const go = useCallback<Go>((next, how = "push") => {
    moved.current = true;
    history[how === "push" ? "pushState" : "replaceState"](next, "");
    setScreen(next);
  }, []);
  return [screen, go];
}
