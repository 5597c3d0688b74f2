import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

/** Runs a program to its end; rejects with its output when it fails. */
export const run = promisify(execFile);

/** A certificate of a day in `folder`. */
export async function certificateIn(folder: string): Promise<{ readonly certificate: string; readonly key: string }> {
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=x".split(" ");
  await run("openssl", [...request, "-keyout", key, "-out", certificate]);
  return { certificate, key };
}
