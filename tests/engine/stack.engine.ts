import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CountryStack, type Engine, findEngine, type StackInput, type StackPlace } from "@yizhan/infra";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stackInputFor } from "../fleet/stack.ts";
import { outcomeOf } from "../support/command.ts";
import { bootHost, type TestHost } from "../support/host.ts";

const pulumiHome = process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
const otherKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGk0c3Rvbi1rZXktZm9yLXRlc3RzLW9ubHktMDAwMDAw";
let folder = "";
let machine: TestHost;
let engine: Engine;
let place: StackPlace;
let input: StackInput;

beforeAll(async () => {
  const found = await findEngine(pulumiHome);
  if (found === undefined) throw new Error("no engine: yizhan test --engine looks for one before it starts this");
  engine = found;
  folder = await mkdtemp(join(tmpdir(), "yizhan-engine-"));
  machine = await bootHost();
  input = await stackInputFor(machine, folder);
  const passphrase = join(folder, "passphrase");
  await writeFile(passphrase, "four words and a number 7\n", { mode: 0o600 });
  const state = join(folder, "state");
  place = { folder: state, backend: pathToFileURL(state).href, secrets: { kind: "passphrase", file: passphrase }, pulumiHome };
});
afterAll(async () => {
  await machine?.remove();
  await rm(folder, { recursive: true, force: true });
});

const open = (change: Partial<StackInput> = {}, where = place) => CountryStack.open(engine, where, { ...input, ...change });
const calls = async () =>
  (await machine.exec("cat /var/lib/yizhan/host/calls 2>/dev/null || true")).split("\n").filter((line) => line !== "");
const forget = () => machine.exec("rm -f /var/lib/yizhan/host/calls /var/lib/yizhan/host/fail /var/lib/yizhan/host/slow");
/** A new release: its manifest has other bytes. */
const newer = async (digest: string): Promise<StackInput> => (input = await stackInputFor(machine, folder, digest));

/** In order: each begins where the one before has left the host. */
describe("the real engine on a real host", () => {
  it("previews without touching the host", async () => {
    expect(await (await open()).preview()).toMatchObject({ create: 7 });
    expect(await calls()).toEqual([]);
  });

  it("brings it up, and asks how it is", async () => {
    const { changes, outputs } = await (await open()).up();
    expect(changes).toMatchObject({ create: 7 });
    expect(outputs).toMatchObject({ url: "https://mz.example.org", release: "1.0.0" });
    expect(String(outputs["health"])).toContain("good");
    expect(await calls()).toEqual(["apply", "status"]);
  });

  it("keeps no secret in plain text: not the key, not the passphrase", async () => {
    const key = await readFile(machine.identity, "utf8");
    const secrets = [key.split("\n")[2] ?? "", "four words"];
    const names = await readdir(place.folder, { recursive: true, withFileTypes: true });
    const files = names.filter((one) => one.isFile());
    expect(files.length).toBeGreaterThan(1);
    for (const one of files) {
      const text = await readFile(join(one.parentPath, one.name), "utf8");
      for (const secret of secrets) expect(text.includes(secret), one.name).toBe(false);
    }
  });

  it("has nothing to do the second time, and finds no drift in its state", async () => {
    await forget();
    expect((await (await open()).up()).changes).toEqual({ same: 7 });
    expect(await calls()).toEqual([]);
    expect((await (await open()).drift())["update"] ?? 0).toBe(0);
  });

  it("updates in place: nothing that was installed is removed", async () => {
    await newer("b".repeat(64));
    expect((await (await open()).up()).changes).toMatchObject({ update: 3 });
    expect(await calls()).toEqual(["apply", "status"]);
  });

  it("stops at the step that fails, says so, and goes on when it is put right", async () => {
    await forget();
    await machine.exec("touch /var/lib/yizhan/host/fail");
    await newer("c".repeat(64));
    const failure = await (await open()).up().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: "step-failed" });
    expect(String((failure as { output?: string }).output)).toContain("The disk is full.");
    expect(await calls()).toEqual(["apply"]);
    await forget();
    await (await open()).up();
    expect(await calls()).toEqual(["apply", "status"]);
  });

  it("says nothing to a host with another key", async () => {
    await forget();
    const { target } = input;
    if (target.kind !== "debian") throw new TypeError("a Debian host");
    await newer("d".repeat(64));
    await expect((await open({ target: { ...target, hostKey: otherKey } })).up()).rejects.toMatchObject({
      code: "host-key-changed",
    });
    expect(await calls()).toEqual([]);
  });

  it("lets one operator work at a time", async () => {
    await forget();
    await newer("e".repeat(64));
    await machine.exec("touch /var/lib/yizhan/host/slow");
    const begun = Promise.withResolvers<void>();
    const first = (await open()).up({ onStep: (step) => (step.name === "mz-host-apply" ? begun.resolve() : undefined) });
    await begun.promise;
    await expect((await open()).up()).rejects.toMatchObject({ code: "stack-locked" });
    await first;
    expect(await calls()).toEqual(["apply", "status"]);
  });

  it("does not open with a wrong passphrase", async () => {
    const file = join(folder, "wrong");
    await writeFile(file, "another\n", { mode: 0o600 });
    const refused = (async () => (await open({}, { ...place, secrets: { kind: "passphrase", file } })).up())();
    await expect(refused).rejects.toMatchObject({ code: "passphrase-wrong" });
  });

  it("is the same program for the pulumi command: nothing to do", async () => {
    await forget();
    const path = join(folder, "input.json");
    await writeFile(path, JSON.stringify(input));
    const settings = join(place.folder, "MZ", "Pulumi.MZ.yaml");
    const infra = join(import.meta.dirname, "../../infra");
    const env = {
      PULUMI_HOME: pulumiHome,
      PULUMI_BACKEND_URL: place.backend,
      PULUMI_CONFIG_PASSPHRASE_FILE: place.secrets.kind === "passphrase" ? place.secrets.file : "",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    const { code, stdout, stderr } = await outcomeOf(
      engine.command,
      [
        "preview",
        "--cwd",
        infra,
        "--stack",
        "MZ",
        "--config-file",
        settings,
        "--config",
        `yizhan:input=${path}`,
        "--non-interactive",
        "--expect-no-changes",
      ],
      { env },
    );
    expect(stdout + stderr).toContain("7 unchanged");
    expect(code).toBe(0);
    expect(await calls()).toEqual([]);
  });

  it("is destroyed: the host's own step runs, once", async () => {
    await forget();
    expect(await (await open()).destroy()).toMatchObject({ delete: 7 });
    expect(await calls()).toEqual(["destroy"]);
  });
});
