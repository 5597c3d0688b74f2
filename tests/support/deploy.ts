import { once } from "node:events";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { runKit } from "./local.ts";
import type { TestHost } from "./host.ts";

/** An operator's folder with a site file for a host, and what the operator does with it. It goes with the host. */
export interface Operator {
  readonly fleet: string;
  /** Starts a command of the kit. */
  start(...parameters: string[]): ReturnType<typeof runKit>;
  /** Runs one to its end. */
  kit(...parameters: string[]): Promise<{ code: number; output: string }>;
}

export const names = { station: "mz.example.org", meet: "meet.mz.example.org", turn: "turn.mz.example.org" };

export async function operator(
  host: Pick<TestHost, "address" | "hostKey" | "identity" | "folder">,
  options: { hubUrl?: string } = {},
): Promise<Operator> {
  const fleet = await mkdtemp(join(host.folder, "fleet-"));
  await mkdir(join(fleet, "keys"));
  await writeFile(join(fleet, "passphrase"), "four words for trials\n", { mode: 0o600 });
  await writeFile(join(fleet, "MZ.yaml"), siteOf(host, options.hubUrl));
  return {
    fleet,
    start: (...parameters) => runKit([...parameters, "--fleet", fleet]),
    async kit(...parameters) {
      const run = runKit([...parameters, "--fleet", fleet]);
      const [code] = await once(run.process, "exit");
      return { code: Number(code), output: run.output() };
    },
  };
}

export function siteOf(
  { address, hostKey, identity }: Pick<TestHost, "address" | "hostKey" | "identity">,
  hubUrl?: string,
): string {
  return `country: MZ
size: clinic
target: { kind: debian, host: ${address}, hostKey: "${hostKey}", identity: ${identity} }
names: { station: ${names.station}, meet: ${names.meet}, turn: ${names.turn} }
address: ${address}
tls: { kind: internal }
${hubUrl === undefined ? "" : `hub: { url: ${hubUrl}, invitation: ./MZ.invitation.json }\n`}unseal: { kind: file }
alerts: { email: operator@example.org }
backup: { at: "02:30", keep: 14, target: { kind: directory, path: /var/backups/yizhan } }
jitsi: false
`;
}

export interface TlsAnswer {
  readonly status: number;
  readonly body: string;
}

/** Asks a host by its name over TLS, trusting one authority only. */
export function askOverTls(
  host: Pick<TestHost, "address">,
  authority: string,
  path: string,
  init: { method?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<TlsAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: host.address,
        servername: names.station,
        ca: authority,
        path,
        method: init.method ?? "GET",
        headers: { host: names.station, "content-type": "application/json", ...init.headers },
      },
      (response) => {
        let body = "";
        response.on("data", (chunk: Buffer) => (body += chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    asked.on("error", reject);
    asked.end(init.body === undefined ? undefined : JSON.stringify(init.body));
  });
}

/** A port of this machine that leads to one on a host's loopback; sshd there forwards nothing. */
export async function forward(host: Pick<TestHost, "connect">, port: number): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((socket) => {
    const inside = host.connect(port);
    socket.on("error", () => inside.kill());
    socket.on("close", () => inside.kill());
    // Whoever hangs up first ends both.
    inside.stdin.on("error", () => socket.destroy());
    inside.on("exit", () => socket.destroy());
    socket.pipe(inside.stdin);
    inside.stdout.pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port: local } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${local}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
