import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readGuardRules, usualRules } from "./rules.ts";
import { hourIn, openWatch } from "./watch.ts";

const guardRules = await readGuardRules(usualRules);
const noon = Date.UTC(2026, 0, 5, 10);
const night = Date.UTC(2026, 0, 5, 21, 30);
const maputo = hourIn("Africa/Maputo");
const doctor = { kind: "staff", key: "s1" } as const;

test("rules are data: a file with a wrong one stops the start, and says which", async () => {
  const folder = await mkdtemp(join(tmpdir(), "yizhan-rules-"));
  const good = guardRules[0];
  const read = async (rules: unknown) => {
    const path = join(folder, "rules.json");
    await writeFile(path, typeof rules === "string" ? rules : JSON.stringify(rules));
    return readGuardRules(path).then(
      (found) => found.length,
      (error: Error) => error.message,
    );
  };
  expect(await read([good])).toBe(1);
  expect(await read([good, good])).toContain("two rules have one id");
  expect(await read([{ ...good, limit: 0 }])).toContain("at [0].limit");
  expect(await read([{ ...good, event: "patient.seen" }])).toContain("at [0].event");
  expect(await read([{ ...good, hours: { from: 22, to: 24 } }])).toContain("at [0].hours.to");
  expect(await read([{ ...good, colour: "red" }])).toContain("colour");
  expect(await read([])).toContain("cannot be used");
  expect(await read("[")).toContain("not JSON");
  await rm(folder, { recursive: true });
});

function watchAt(start: number) {
  const clock = { at: start };
  return { clock, watch: openWatch(guardRules, { now: () => clock.at, hour: maputo, people: 3 }) };
}

test("the thirty-first patient within a minute breaks the rule, the same patient again does not", () => {
  const { watch } = watchAt(noon);
  for (let i = 0; i < 30; i++) expect(watch.see(doctor, "patient.opened", `p${i}`)).toBeUndefined();
  for (let i = 0; i < 100; i++) expect(watch.see(doctor, "patient.opened", "p7")).toBeUndefined();
  expect(watch.see(doctor, "patient.opened", "p30")?.id).toBe("many-patients");
  expect(watch.see({ ...doctor, key: "s2" }, "patient.opened", "p30")).toBeUndefined();
});

test("a busy hour breaks nothing", () => {
  const { watch, clock } = watchAt(noon);
  for (let i = 0; i < 60; i++) {
    clock.at += 60_000;
    expect(watch.see(doctor, "patient.opened", `p${i}`)).toBeUndefined();
  }
});

test("slow copying is seen by the hour", () => {
  const { watch, clock } = watchAt(noon);
  const broken = Array.from({ length: 400 }, (_, i) => {
    clock.at += 8_000;
    return watch.see(doctor, "patient.opened", `p${i}`)?.id;
  });
  expect(broken.findIndex((id) => id === "many-patients-slowly")).toBe(300);
});

test("guessing is seen for strangers and staff, an application may read in bulk", () => {
  const { watch } = watchAt(noon);
  const stranger = { kind: "anonymous", key: "10.0.0.9" } as const;
  for (let i = 0; i < 20; i++) expect(watch.see(stranger, "lookup.missed", "?")).toBeUndefined();
  expect(watch.see(stranger, "lookup.missed", "?")?.id).toBe("guessing");
  for (let i = 0; i < 1_000; i++) {
    expect(watch.see({ kind: "application", key: "t" }, "patient.opened", `p${i}`)).toBeUndefined();
  }
});

test("what is allowed by day is an offence at night, by the station's clock", () => {
  const day = watchAt(noon).watch;
  const dark = watchAt(night).watch;
  for (let i = 0; i < 5; i++) {
    expect(day.see(doctor, "record.exported", `p${i}`)).toBeUndefined();
    expect(dark.see(doctor, "record.exported", `p${i}`)).toBeUndefined();
  }
  expect(day.see(doctor, "record.exported", "p5")).toBeUndefined();
  expect(dark.see(doctor, "record.exported", "p5")?.id).toBe("night-export");
  expect([21, 22, 3, 4].map((hour) => maputo(Date.UTC(2026, 0, 5, hour)))).toEqual([23, 0, 5, 6]);
});

test("a pardon starts the count anew, and a flood of strangers is forgotten, oldest first", () => {
  const { watch } = watchAt(noon);
  for (let i = 0; i < 31; i++) watch.see(doctor, "patient.opened", `p${i}`);
  watch.pardon(doctor);
  expect(watch.see(doctor, "patient.opened", "p99")).toBeUndefined();
  for (let i = 0; i < 31; i++) watch.see(doctor, "patient.opened", `p${i}`);
  for (const key of ["a", "b", "c"]) watch.see({ kind: "anonymous", key }, "lookup.missed", "?");
  expect(watch.see(doctor, "patient.opened", "p99")).toBeUndefined();
});
