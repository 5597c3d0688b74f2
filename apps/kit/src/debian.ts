import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { fetchingEnvironment, searchPath } from "./environment.ts";
import { KitError } from "./errors.ts";

/** A Debian package and the file or command that shows that it is there. */
export interface DebianNeed {
  readonly package: string;
  /** An absolute path, or a command's name looked up in PATH. */
  readonly shows: string;
}

/**
 * Installs what is missing where it may (root with apt-get); otherwise throws `packages-missing`
 * with the one line to copy. `progress` hears which packages are being installed.
 */
export async function needDebian(needs: readonly DebianNeed[], progress: (packages: readonly string[]) => void): Promise<void> {
  const missing: string[] = [];
  for (const need of needs) if (!(await present(need.shows))) missing.push(need.package);
  if (missing.length === 0) return;
  const line = `apt-get install -y --no-install-recommends ${missing.join(" ")}`;
  if (process.getuid?.() !== 0 || !(await present("apt-get")))
    throw new KitError("packages-missing", { packages: missing.join(" "), line: `sudo ${line}` });
  progress(missing);
  const env = fetchingEnvironment({ DEBIAN_FRONTEND: "noninteractive" });
  try {
    await execa("apt-get", ["update", "-qq"], { env, extendEnv: false, all: true });
    await execa("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], { env, extendEnv: false, all: true });
  } catch (error) {
    throw new KitError("packages-missing", { packages: missing.join(" "), line }, error);
  }
}

async function present(shows: string): Promise<boolean> {
  const places = shows.startsWith("/") ? [shows] : searchPath().map((folder) => join(folder, shows));
  for (const place of places) {
    const found = await access(place, constants.R_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
