import { afterEach, describe, expect, it } from "vitest";
import { EngineHost } from "./host.ts";
import { type OpenLane, processLane, threadLane } from "./lane.ts";

const hosts: EngineHost[] = [];
afterEach(() => hosts.splice(0).forEach((host) => host.close()));

function open(lane: OpenLane, data: object = {}): EngineHost {
  const module = new URL("./troublesome-worker.ts", import.meta.url);
  const host = new EngineHost({ name: "trouble", open: lane, module, data, loadMs: 20_000, taskMs: 1500 });
  hosts.push(host);
  return host;
}

describe.each([
  ["thread", threadLane],
  ["process", processLane],
])("a %s", (_, lane) => {
  it("works, and fails one task without ending", async () => {
    const host = open(lane);
    await expect(host.run("hear")).resolves.toBe("hear done");
    await expect(host.run("throw")).rejects.toMatchObject({ code: "engine-failed" });
    await expect(host.run("hear")).resolves.toBe("hear done");
    expect(host.restarts).toBe(0);
  });

  it("is ended when it hangs, with what was under way, and begun anew", async () => {
    const host = open(lane);
    await host.start();
    await expect(host.run("hang")).rejects.toMatchObject({ code: "engine-failed" });
    await expect(host.run("hear")).resolves.toBe("hear done");
    expect(host.restarts).toBe(1);
  });

  it("says when it cannot be loaded", async () => {
    await expect(open(lane, { broken: true }).start()).rejects.toMatchObject({ code: "model-broken" });
  });
});

it("a process that crashes takes nothing else with it", async () => {
  const host = open(processLane);
  await host.start();
  await expect(host.run("crash")).rejects.toMatchObject({ code: "engine-failed" });
  await expect(host.run("hear")).resolves.toBe("hear done");
  expect(host.restarts).toBe(1);
});
