import { parseArgs } from "node:util";
import type { Region } from "@yizhan/region";
import { type Cast, casts } from "./cast.ts";
import { type MatrixRun, matrixRuns, type Network, networks } from "./matrix.ts";

export interface BenchOptions {
  readonly json: boolean;
  readonly heard: boolean;
  readonly models: string | undefined;
  /** Recordings to be played as they are, one conference after the other; names joined by `+` are played at once. */
  readonly recordings: readonly (readonly string[])[];
  /** Instead of recordings. */
  readonly matrix: readonly MatrixRun[] | undefined;
  readonly seconds: number | undefined;
  /** Models to be heard with in place of the usual ones. */
  readonly hear: Region["speech"]["hear"];
}

const usual = [
  "librivox-en",
  "asterisk-es",
  "consult-en-pt",
  "consult-pt-es",
  "consult-fr-es",
  "consult-zh-en",
  "follow-up-pt-zh",
  "consult-en-pt+consult-zh-en",
];

/** Reads the command line. Throws `RangeError` with what may be said instead. */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      heard: { type: "boolean", default: false },
      models: { type: "string" },
      matrix: { type: "boolean", default: false },
      speakers: { type: "string", default: "1,2,4,8" },
      casts: { type: "string", default: Object.keys(casts).join() },
      networks: { type: "string", default: Object.keys(networks).join() },
      seconds: { type: "string" },
      hear: { type: "string", multiple: true, default: [] },
    },
  });
  const hear = values.hear.map((one): [string, string[]] => {
    const [tag, ids] = one.split("=");
    if (tag === undefined || tag === "" || ids === undefined || ids === "") throw new RangeError(`--hear ${one}: pt=MODEL`);
    return [tag, ids.split(",")];
  });
  return {
    json: values.json,
    heard: values.heard,
    models: values.models,
    recordings: (positionals.length > 0 ? positionals : usual).map((names) => names.split("+")),
    matrix: values.matrix
      ? matrixRuns({
          casts: among<Cast>("casts", values.casts, Object.keys(casts) as Cast[]),
          speakers: values.speakers.split(",").map((count) => number("speakers", count, 1, 9)),
          networks: among<Network>("networks", values.networks, Object.keys(networks) as Network[]),
        })
      : undefined,
    seconds: values.seconds === undefined ? undefined : number("seconds", values.seconds, 4, 600),
    hear: Object.fromEntries(hear),
  };
}

function among<Name extends string>(option: string, given: string, known: readonly Name[]): Name[] {
  return given.split(",").map((name) => {
    const found = known.find((one) => one === name);
    if (found === undefined) throw new RangeError(`--${option} ${name}: ${known.join(", ")}`);
    return found;
  });
}

function number(option: string, given: string, least: number, most: number): number {
  const value = Number(given);
  if (!(value >= least && value <= most) || (option === "speakers" && !Number.isInteger(value)))
    throw new RangeError(`--${option} ${given}: ${least} – ${most}`);
  return value;
}
