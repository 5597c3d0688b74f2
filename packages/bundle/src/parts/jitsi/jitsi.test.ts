import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadRegion } from "@yizhan/region";
import { expect, test } from "vitest";
import { renderBundle } from "../../render.ts";
import { bridgeKeys, jicofoKeys, jitsiProsodyModules } from "../../testing/jitsi-keys.ts";
import { run } from "../../testing/programs.ts";
import { exampleSite } from "../../testing/site.ts";

const region = await loadRegion(join(import.meta.dirname, "../../../../../regions"), "MZ");
const site = exampleSite("MZ", { localAddress: "10.0.0.4" });
const { directories, files, secrets } = renderBundle({ region, site, release: "1" });
const content = (path: string) => files.find((file) => file.path === path)?.content ?? "";

/** `a.b.c` of every value; a list is a value. */
function keysOf(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, below]) => keysOf(below, path === "" ? key : `${path}.${key}`));
}

const known = (keys: readonly string[]) => {
  const patterns = keys.map((key) => new RegExp(`^${key.replaceAll(".", "\\.").replaceAll("*", "[\\w-]+")}$`));
  return (key: string) => patterns.some((pattern) => pattern.test(key));
};

test.each([
  ["/etc/jitsi/jicofo/jicofo.conf", jicofoKeys],
  ["/etc/jitsi/videobridge/jvb.conf", bridgeKeys],
])("%s has no key that its program does not know", (path, keys) => {
  const found = keysOf(JSON.parse(content(path)));
  expect(found.length).toBeGreaterThan(10);
  expect(found.filter((key) => !known(keys)(key))).toEqual([]);
});

test("a mistyped key is caught", () => {
  expect(keysOf({ jicofo: { transcription: { "url-templates": "x" } } }).filter((key) => !known(jicofoKeys)(key))).toHaveLength(
    1,
  );
});

test("prosody finds every module: a missing one is an error line in its log, and no more", () => {
  const config = content("/etc/prosody/prosody.cfg.lua");
  const enabled = [...config.matchAll(/modules_enabled = \{([^}]*)\}/g)].flatMap(([, list = ""]) =>
    [...list.matchAll(/"(\w+)"/g)].map(([, name = ""]) => name),
  );
  const components = [...config.matchAll(/^Component "[^"]+" "(\w+)"/gm)].map(([, name = ""]) => name);
  const authentication = [...config.matchAll(/authentication = "(\w+)"/g)].map(([, name = ""]) => `auth_${name}`);
  const wanted = [...new Set([...enabled, ...components, ...authentication])];
  expect(wanted.length).toBeGreaterThan(25);
  const there = (name: string) =>
    jitsiProsodyModules.includes(name) ||
    files.some(({ path }) => path === `/etc/prosody/yizhan/mod_${name}.lua`) ||
    [`mod_${name}.lua`, `${name}/mod_${name}.lua`].some((path) => existsSync(`/usr/lib/prosody/modules/${path}`));
  expect(wanted.filter((name) => !there(name))).toEqual([]);
  expect(there("room_metadata")).toBe(false);
});

test("Lua 5.4 reads the modules that Debian lays out for older ones", async () => {
  for (const [name, use] of [
    ["basexx", "assert(m.from_url64(m.to_url64('a token?>')) == 'a token?>')"],
    ["inspect", "assert(m({ 1 }) == '{ 1 }')"],
  ] as const) {
    const module = content(`/usr/local/share/lua/5.4/${name}.lua`);
    await run("lua5.4", ["-e", `local m = (function() ${module} end)() ${use}`]);
    await expect(run("lua5.4", ["-e", `require "${name}"`])).rejects.toThrow(/not found/);
  }
});

test("systemd itself starts jicofo again: its package has a script of System V's init alone", () => {
  const unit = content("/etc/systemd/system/jicofo.service");
  expect(unit).toMatch(/^ExecStart=\/usr\/share\/jicofo\/jicofo\.sh$/m);
  expect(unit).toMatch(/^Restart=always$/m);
});

test("the bridge is told where to send sound, and shows the token of the speech service beside it", () => {
  const { transcription } = (JSON.parse(content("/etc/jitsi/jicofo/jicofo.conf")) as { jicofo: Record<string, unknown> }).jicofo;
  expect(transcription).toMatchObject({
    "url-template": "ws://127.0.0.1:4811/transcribe?sessionId={{MEETING_ID}}&sendBack=true&sendBackInterim=true",
    "http-headers": { Authorization: "Bearer @@secret:speech-token@@" },
  });
  expect(secrets.map((secret) => secret.name)).toContain("speech-token");
  expect(JSON.parse(content("/etc/yizhan/speech.json"))).toMatchObject({ port: 4811 });
});

test("accounts lie where prosody's storage looks for them, and jicofo's presence goes to the component before it", () => {
  const host = "/var/lib/prosody/auth%2emeet%2emz%2eexample%2eorg";
  expect(content(`${host}/accounts/focus.dat`)).toContain("@@secret:jitsi-focus@@");
  expect(content(`${host}/roster/focus.dat`)).toMatch(/\["focus\.meet\.mz\.example\.org"\] = \{\s+\["subscription"\] = "from"/);
  expect(directories.map(({ path }) => path)).toEqual(expect.arrayContaining([`${host}/accounts`, `${host}/roster`]));
});

test("the page asks nothing of third parties and offers the country's languages", () => {
  const text = content("/etc/jitsi/meet/meet.mz.example.org-config.js");
  const config = JSON.parse(text.replace("var config = ", "").replace(/;\s*$/, "")) as Record<string, unknown>;
  expect(config).toMatchObject({ disableThirdPartyRequests: true, p2p: { enabled: false } });
  expect(config["transcription"]).toMatchObject({ enabled: true, translationLanguages: ["pt", "zh", "en", "fr"] });
});
