import { useEffect, useRef, useState } from "preact/hooks";
import { getPrescriptions, type Prescription } from "./prescription-api.ts";

/** A case's prescriptions, asked for again whenever `version` changes; of answers that overtake each other the last asked holds. */
export function usePrescriptions(caseId: string, version: number) {
  const [found, setFound] = useState<readonly Prescription[]>();
  const [error, setError] = useState<unknown>();
  const asked = useRef(0);
  async function again(): Promise<void> {
    const mine = (asked.current += 1);
    const answer = await getPrescriptions(caseId).then(
      ({ prescriptions }) => ({ prescriptions, problem: undefined }),
      (problem: unknown) => ({ prescriptions: undefined, problem }),
    );
    if (mine !== asked.current) return;
    if (answer.prescriptions !== undefined) setFound(answer.prescriptions);
    setError(answer.problem);
  }
  useEffect(() => void again(), [caseId, version]);
  return {
    found,
    error,
    again,
    /** Whether one waits for a pharmacist or came back from one. */
    open: found?.some(({ state }) => state === "waiting" || state === "returned") === true,
  };
}
