import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostKeyFingerprint, scanHostKey } from "./host-key.ts";

describe("a host's key", () => {
  it("has the fingerprint that ssh-keygen shows", () => {
    const folder = mkdtempSync(join(tmpdir(), "yizhan-key-"));
    const path = join(folder, "key");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path]);
    const shown = execFileSync("ssh-keygen", ["-lf", `${path}.pub`], { encoding: "utf8" }).split(" ")[1];
    expect(hostKeyFingerprint(readFileSync(`${path}.pub`, "utf8"))).toBe(shown);
    rmSync(folder, { recursive: true });
  });

  it("is not made up", async () => {
    expect(() => hostKeyFingerprint("ssh-ed25519")).toThrow(RangeError);
    await expect(scanHostKey("127.0.0.1", 9)).rejects.toMatchObject({ code: "host-unreachable" });
  });
});
