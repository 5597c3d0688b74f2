import { readdirSync, readFileSync } from "node:fs";

export interface ProcessUse {
  /** Processor time so far, seconds. */
  readonly seconds: number;
  readonly residentBytes: number;
}

/** Linux counts processor time in hundredths of a second for programs, whatever its own clock does. */
const ticksPerSecond = 100;
const pageBytes = 4_096;

/** What the processes use that engines run in, children of this one. Nothing where there is no /proc. */
export function childrenUse(): ProcessUse {
  return childIds()
    .map(useOf)
    .reduce((sum, one) => ({ seconds: sum.seconds + one.seconds, residentBytes: sum.residentBytes + one.residentBytes }), {
      seconds: 0,
      residentBytes: 0,
    });
}

function childIds(): string[] {
  try {
    return readdirSync("/proc/self/task").flatMap((task) =>
      readFileSync(`/proc/self/task/${task}/children`, "utf8")
        .split(" ")
        .filter((id) => id !== ""),
    );
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

function useOf(id: string): ProcessUse {
  try {
    // The command's name stands in parentheses and may hold spaces; fields 14 and 15 are user and system time.
    const fields = readFileSync(`/proc/${id}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    const pages = Number(readFileSync(`/proc/${id}/statm`, "utf8").split(" ")[1] ?? 0);
    return { seconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond, residentBytes: pages * pageBytes };
  } catch (error) {
    // It ended between the two looks.
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH")) {
      return { seconds: 0, residentBytes: 0 };
    }
    throw error;
  }
}
