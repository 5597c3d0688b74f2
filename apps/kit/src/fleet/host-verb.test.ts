import { describe, expect, it } from "vitest";
import { hostVerb, quoted } from "./host-verb.ts";
import type { RemoteHost } from "./ssh.ts";

/** A host that answers with these lines. */
function host(lines: readonly unknown[], code: number): RemoteHost & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    target: { host: "192.0.2.4", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA" },
    run: (command, options) => {
      asked.push(command);
      for (const line of lines) options?.onLine?.(typeof line === "string" ? line : JSON.stringify(line));
      return Promise.resolve({ code, stdout: "", stderr: "last words" });
    },
    close: () => Promise.resolve(),
  };
}

describe("the installer, asked over SSH", () => {
  it("answers with its result and what it changed", async () => {
    const one = host(
      [
        { type: "step", step: "files", state: "started" },
        { type: "changed", what: "/etc/x" },
        "no JSON",
        { type: "later" },
        { type: "result", result: { ok: 1 } },
      ],
      0,
    );
    expect(await hostVerb(one, "rotate", { parameters: ["--what", "it's all"] })).toEqual({
      exitCode: 0,
      changed: ["/etc/x"],
      result: { ok: 1 },
    });
    expect(one.asked).toEqual([`/usr/local/sbin/yizhan-host rotate --what 'it'\\''s all' --json`]);
  });

  it("fails with its own code and remedy", async () => {
    const failed = { type: "failed", code: "locked", message: "Another is at work.", remedy: "Wait." };
    await expect(hostVerb(host([failed], 4), "rollback")).rejects.toMatchObject({
      code: "locked",
      message: "Another is at work.",
      remedy: "Wait.",
    });
  });

  it("may answer with another exit code than 0", async () => {
    expect((await hostVerb(host([{ type: "result", result: ["a"] }], 16), "drift", { accept: [16] })).exitCode).toBe(16);
  });

  it("is missing, or says nothing that is understood", async () => {
    await expect(hostVerb(host([], 127), "status")).rejects.toMatchObject({ code: "host-not-installed" });
    await expect(hostVerb(host(["Segmentation fault"], 139), "status")).rejects.toMatchObject({
      code: "host-strange",
      values: { reason: "last words" },
    });
  });

  it.each([
    ["plain-1.2", "plain-1.2"],
    ["two words", "'two words'"],
    ["$(reboot)", "'$(reboot)'"],
    ["", "''"],
  ])("quotes %o", (word, expected) => expect(quoted(word)).toBe(expected));
});
