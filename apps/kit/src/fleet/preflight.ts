import { z } from "zod";
import { KitError } from "../errors.ts";
import type { RemoteHost } from "./ssh.ts";

/** What a host is, asked in one line of shell before anything is sent: it needs no installer and changes nothing. */
const question = [
  ". /etc/os-release 2>/dev/null || ID=",
  'printf \'{"id":"%s","version":"%s",\' "$ID" "$VERSION_ID"',
  'printf \'"machine":"%s","uid":%s,"cores":%s,\' "$(uname -m)" "$(id -u)" "$(nproc)"',
  "printf '\"memoryKib\":%s,' \"$(awk '/^MemTotal/{print $2}' /proc/meminfo)\"",
  "printf '\"diskKib\":%s,' \"$(df -Pk /var | awk 'NR==2{print $4}')\"",
  'printf \'"time":%s,"systemd":%s,\' "$(date +%s)" "$([ -d /run/systemd/system ] && echo true || echo false)"',
  'printf \'"avx2":%s,\' "$(grep -qw avx2 /proc/cpuinfo && grep -qw bmi2 /proc/cpuinfo && grep -qw fma /proc/cpuinfo && echo true || echo false)"',
  'printf \'"installed":%s,\' "$([ -e /var/lib/yizhan/host/state.json ] && echo true || echo false)"',
  // Listening TCP sockets are state 0A; the port is hexadecimal.
  'printf \'"ports":[%s]}\' "$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk \'$4=="0A"{n=split($2,a,":"); print "\\"" a[n] "\\""}\' | sort -u | paste -sd, -)"',
].join("; ");

const answerSchema = z.object({
  id: z.string(),
  version: z.string(),
  machine: z.string(),
  uid: z.number(),
  cores: z.number(),
  memoryKib: z.number(),
  diskKib: z.number(),
  time: z.number(),
  systemd: z.boolean(),
  avx2: z.boolean(),
  installed: z.boolean(),
  ports: z.array(z.string().transform((hex) => Number.parseInt(hex, 16))),
});
export type HostFacts = z.infer<typeof answerSchema>;

export type PreflightCode =
  | "not-debian"
  | "not-root"
  | "no-systemd"
  | "processor-old"
  | "too-small"
  | "disk-small"
  | "clock-wrong"
  | "port-taken";

export interface PreflightFault {
  readonly code: PreflightCode;
  readonly values: Readonly<Record<string, string | number>>;
}

/** What a machine must have at least, by size, before an archive says it to the MiB; GiB are counted as the kernel counts, a little less than is sold. */
const least = {
  clinic: { cores: 2, memoryGib: 3.5, diskGib: 6 },
  district: { cores: 4, memoryGib: 7, diskGib: 20 },
  national: { cores: 8, memoryGib: 15, diskGib: 40 },
} as const;

const ports = [80, 443, 3478, 5349] as const;
/** TURN's credentials, sessions and signatures rest on the clock. */
const mayDifferSeconds = 30;

/** Asks the host. Throws where it cannot be reached or does not answer as a Unix host does. */
export async function askHost(host: RemoteHost): Promise<HostFacts> {
  const { stdout, stderr } = await host.run(question);
  try {
    return answerSchema.parse(JSON.parse(stdout));
  } catch (error) {
    throw new KitError("host-strange", { host: host.target.host, reason: (stderr || stdout).slice(0, 200) }, error);
  }
}

/** Judges what the host said; an empty list means that it will do. `now` in seconds, the operator's clock. */
export function judgeHost(facts: HostFacts, size: keyof typeof least, now: number): PreflightFault[] {
  const faults: PreflightFault[] = [];
  const need = least[size];
  const memoryGib = facts.memoryKib / 1024 ** 2;
  const diskGib = facts.diskKib / 1024 ** 2;
  if (facts.id !== "debian" || facts.version !== "12")
    faults.push({ code: "not-debian", values: { found: `${facts.id} ${facts.version}`.trim() } });
  if (facts.uid !== 0) faults.push({ code: "not-root", values: {} });
  if (!facts.systemd) faults.push({ code: "no-systemd", values: {} });
  if (facts.machine !== "x86_64" || !facts.avx2) faults.push({ code: "processor-old", values: { found: facts.machine } });
  if (facts.cores < need.cores || memoryGib < need.memoryGib) {
    faults.push({
      code: "too-small",
      values: { cores: facts.cores, memory: memoryGib.toFixed(1), needCores: need.cores, needMemory: need.memoryGib, size },
    });
  }
  // An installed host has its own release and data on the disk already.
  if (!facts.installed && diskGib < need.diskGib)
    faults.push({ code: "disk-small", values: { free: diskGib.toFixed(1), need: need.diskGib } });
  if (Math.abs(facts.time - now) > mayDifferSeconds)
    faults.push({ code: "clock-wrong", values: { seconds: Math.round(facts.time - now) } });
  const taken = facts.installed ? [] : ports.filter((port) => facts.ports.includes(port));
  for (const port of taken) faults.push({ code: "port-taken", values: { port } });
  return faults;
}
