import { useEffect, useState } from "preact/hooks";

export interface Place {
  readonly name: "cases" | "reviews" | "notices" | "audit" | "people" | "applications" | "guard" | "account";
  /** The case that is open. */
  readonly case?: string | undefined;
}

const names = ["cases", "reviews", "notices", "audit", "people", "applications", "guard", "account"] as const;

/** The pages that a role may see; the server refuses the others, whatever is drawn. */
export function places(role: string): readonly Place["name"][] {
  switch (role) {
    case "administrator":
      return names.filter((name) => name !== "reviews");
    case "coordinator":
      return ["cases", "notices", "audit", "account"];
    case "clinician":
      return ["cases", "account"];
    case "pharmacist":
      return ["reviews", "account"];
    default:
      return ["account"];
  }
}

/** Where one is, in the address after `#`: it never reaches a server's log, and the back key works. */
export function usePlace(first: Place["name"]): [Place, (place: Place) => void] {
  const read = (): Place => {
    const hash = location.hash.slice(1);
    if (hash.startsWith("case/")) return { name: "cases", case: decodeURIComponent(hash.slice(5)) };
    return { name: names.find((name) => name === hash) ?? first };
  };
  const [place, setPlace] = useState(read);
  useEffect(() => {
    const moved = () => setPlace(read());
    window.addEventListener("hashchange", moved);
    return () => window.removeEventListener("hashchange", moved);
  }, []);
  return [place, ({ name, case: id }) => (location.hash = id === undefined ? name : `case/${encodeURIComponent(id)}`)];
}
