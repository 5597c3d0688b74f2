import { useState } from "preact/hooks";

/** Something done at a press: why it failed, and whether it worked. */
export function useWork() {
  const [error, setError] = useState<unknown>();
  return {
    error,
    async act(work: () => Promise<unknown>): Promise<boolean> {
      setError(undefined);
      try {
        await work();
        return true;
      } catch (problem) {
        setError(problem);
        return false;
      }
    },
  };
}
