import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer as createHttp, type Server } from "node:http";
import { type AddressInfo, createServer as createTcp } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runAgent } from "./run.ts";

// A station, a webhook and a mail relay that really answer.
let folder = "";
let station: Server;
let status = 200;
let backupAt = 0;
let webhookStatus = 200;
const posted: { alerts: { state: string; check: string; detail: string }[] }[] = [];
const mails: string[] = [];
const hour = 3_600_000;
const start = Date.now();

const relay = createTcp((socket) => {
  let data = false;
  let text = "";
  socket.write("220 relay\r\n");
  socket.on("data", (chunk) => {
    for (const line of chunk.toString().split("\r\n").slice(0, -1)) {
      if (data && line === ".") {
        mails.push(text);
        data = false;
        socket.write("250 taken\r\n");
      } else if (data) text += `${line}\n`;
      else if (line === "DATA") {
        data = true;
        socket.write("354 go\r\n");
      } else if (line === "QUIT") socket.end("221 bye\r\n");
      else socket.write("250 ok\r\n");
    }
  });
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "yizhan-agent-"));
  station = createHttp((request, response) => {
    if (request.url === "/hook") {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk));
      request.on("end", () => {
        if (webhookStatus === 200) posted.push(JSON.parse(text) as (typeof posted)[number]);
        response.writeHead(webhookStatus).end();
      });
    } else if (request.url === "/metrics") {
      response.end(`# HELP x\nyizhan_backup_last_success_timestamp_seconds ${backupAt / 1000}\n`);
    } else response.writeHead(status).end("{}");
  }).listen(0, "127.0.0.1");
  relay.listen(0, "127.0.0.1");
  await Promise.all([once(station, "listening"), once(relay, "listening")]);
  const subject = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=x".split(" ");
  const files = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "certificate.pem")];
  execFileSync("openssl", [...subject, ...files], { stdio: "ignore" });
  const url = `http://127.0.0.1:${(station.address() as AddressInfo).port}`;
  await writeFile(
    join(folder, "msmtprc"),
    `account default\nhost 127.0.0.1\nport ${(relay.address() as AddressInfo).port}\nfrom station@example.org\n`,
  );
  const config = {
    country: "MZ",
    station: "mz.example.org",
    language: "pt",
    state: folder,
    page: join(folder, "page"),
    urls: [{ name: "station", url: `${url}/healthz` }],
    times: [{ name: "backup", url: `${url}/metrics`, metric: "yizhan_backup_last_success_timestamp_seconds", hours: 26 }],
    fresh: [],
    certificate: { path: join(folder, "certificate.pem"), days: 14 },
    disk: { path: folder, freePercent: 0 },
    memory: { freePercent: 0 },
    units: false,
    alerts: {
      webhook: `${url}/hook`,
      email: { to: "night@example.org", from: "station@example.org", configuration: join(folder, "msmtprc") },
      after: 2,
      againHours: 24,
    },
  };
  await writeFile(join(folder, "agent.json"), JSON.stringify(config));
});
afterAll(async () => {
  station.close();
  relay.close();
  await rm(folder, { recursive: true, force: true });
});

const lookAt = (now: number) => runAgent(join(folder, "agent.json"), now);
const page = () => readFile(join(folder, "page/index.html"), "utf8");

test("a fault is told once when it lasts, again after a day, and when it is over", async () => {
  backupAt = start;
  await lookAt(start);
  expect(await page()).toContain("Está tudo bem.");
  expect(posted).toEqual([]);

  status = 503;
  await lookAt(start + 60_000);
  expect(posted).toEqual([]);
  await lookAt(start + 120_000);
  expect(posted.at(-1)?.alerts).toEqual([{ state: "bad", check: "service:station", detail: "HTTP 503" }]);
  expect(mails.at(-1)).toContain("Precisa de atenção: Serviço (service:station): HTTP 503");
  expect(await page()).toContain("Algo precisa de atenção.");
  await lookAt(start + 180_000);
  expect(posted).toHaveLength(1);
  await lookAt(start + 25 * hour);
  expect(posted.at(-1)?.alerts[0]?.state).toBe("still-bad");
  status = 200;
  await lookAt(start + 25 * hour + 60_000);
  expect(posted.at(-1)?.alerts[0]?.state).toBe("good");
  expect(mails).toHaveLength(3);
});

test("a backup that is too old, or was never made, is an alarm; a certificate before its end too", async () => {
  const late = await lookAt(start + 27 * hour);
  expect(late.find((one) => one.id === "time:backup")).toMatchObject({ ok: false, detail: "27.0 h ago, at most 26 h" });
  backupAt = 0;
  expect((await lookAt(start)).find((one) => one.id === "time:backup")).toMatchObject({ ok: false, detail: "never" });
  expect((await lookAt(start + 20 * 24 * hour)).find((one) => one.id === "certificate")?.ok).toBe(false);
});

test("what nobody could be told is told at the next look", async () => {
  await rm(join(folder, "memory.json"));
  backupAt = start;
  status = 500;
  webhookStatus = 502;
  relay.close();
  const before = posted.length;
  await lookAt(start);
  await lookAt(start + 60_000);
  expect(posted).toHaveLength(before);
  webhookStatus = 200;
  await lookAt(start + 120_000);
  expect(posted.at(-1)?.alerts).toMatchObject([{ state: "bad", check: "service:station" }]);
});

test("a memory that was damaged is an empty one", async () => {
  await writeFile(join(folder, "memory.json"), "{{");
  await expect(lookAt(start)).resolves.toBeDefined();
});
