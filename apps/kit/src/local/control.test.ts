import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ask, type Control, controlPath, takeControl } from "./control.ts";

const folder = () => mkdtemp(join(tmpdir(), "yizhan-control-"));
const status = () => ({ pid: process.pid, startedAt: 1, ready: true, processes: [] });

it("answers who holds the data folder, and refuses a second run", async () => {
  const data = await folder();
  expect(await ask(data, "status")).toBeUndefined();
  const control = await takeControl(data, { status, down: async () => undefined });
  expect((await ask(data, "status"))?.pid).toBe(process.pid);
  await expect(takeControl(data, { status, down: async () => undefined })).rejects.toMatchObject({ code: "already-running" });
  await control.close();
  expect(await ask(data, "status")).toBeUndefined();
});

it("keeps who asks for the end waiting until all is gone", async () => {
  const data = await folder();
  let gone = false;
  let control: Control | undefined;
  const down = async () => {
    gone = true;
    await control?.close();
  };
  control = await takeControl(data, { status, down });
  const answer = await ask(data, "down");
  expect(answer?.pid).toBe(process.pid);
  expect(gone).toBe(true);
});

it("takes over from a killed run, whose socket nobody answers", async () => {
  const data = await folder();
  await writeFile(controlPath(data), "");
  const control = await takeControl(data, { status, down: async () => undefined });
  expect((await ask(data, "status"))?.ready).toBe(true);
  await control.close();
});

it("finds a place for its socket however deep the folder lies", () => {
  expect(Buffer.byteLength(controlPath(`/tmp/${"deep/".repeat(40)}`))).toBeLessThan(108);
});
