import { places } from "../places.ts";
import type { Part } from "../types.ts";

/** What all parts stand on: the folders that several of them use. */
export function groundPart(): Part {
  const root = { owner: "root", group: "root" };
  return {
    packages: ["ca-certificates", "openssl", "procps", "zstd", "tzdata"],
    directories: [
      { path: places.etc, mode: 0o755, ...root },
      { path: places.data, mode: 0o755, ...root },
      { path: places.models, mode: 0o755, ...root },
      { path: places.scripts, mode: 0o755, ...root },
    ],
  };
}
