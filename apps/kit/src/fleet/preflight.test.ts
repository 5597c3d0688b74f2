import { describe, expect, it } from "vitest";
import { type HostFacts, judgeHost } from "./preflight.ts";

const good: HostFacts = {
  id: "debian",
  version: "12",
  machine: "x86_64",
  uid: 0,
  cores: 4,
  memoryKib: 8 * 1024 ** 2,
  diskKib: 100 * 1024 ** 2,
  time: 1_000_000,
  systemd: true,
  avx2: true,
  installed: false,
  ports: [22],
};
const codes = (change: Partial<HostFacts>, size: "clinic" | "national" = "clinic") =>
  judgeHost({ ...good, ...change }, size, 1_000_000).map((fault) => fault.code);

describe("a host before anything is sent to it", () => {
  it("will do", () => expect(codes({})).toEqual([]));

  it.each<[string, Partial<HostFacts>]>([
    ["not-debian", { id: "ubuntu", version: "24.04" }],
    ["not-debian", { version: "11" }],
    ["not-root", { uid: 1000 }],
    ["no-systemd", { systemd: false }],
    ["processor-old", { avx2: false }],
    ["processor-old", { machine: "aarch64" }],
    ["too-small", { memoryKib: 1024 ** 2 }],
    ["too-small", { cores: 1 }],
    ["disk-small", { diskKib: 1024 ** 2 }],
    ["clock-wrong", { time: 1_000_100 }],
    ["clock-wrong", { time: 0 }],
    ["port-taken", { ports: [22, 443] }],
  ])("is refused as %s", (code, change) => expect(codes(change)).toEqual([code]));

  it("keeps its ports and its disk where Yizhan is installed already", () => {
    expect(codes({ installed: true, ports: [22, 80, 443, 3478], diskKib: 1024 ** 2 })).toEqual([]);
  });

  it("needs more for a nation than for a clinic", () => expect(codes({}, "national")).toEqual(["too-small"]));

  it("is told everything at once", () => expect(codes({ id: "alpine", uid: 1, avx2: false, ports: [80, 443] })).toHaveLength(5));
});
