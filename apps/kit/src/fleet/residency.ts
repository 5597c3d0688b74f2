import { judge, type KeptIn, loadLawPack, violations, withOverrides } from "@yizhan/region";
import { countryOfAwsRegion } from "./aws-countries.ts";
import { regionsFolder, type Station } from "./stations.ts";

export interface Residency {
  /** What the law pack refuses; empty: the plan may go on. */
  readonly refused: readonly string[];
  /** What a named person answers for: the flow and the name. */
  readonly overridden: readonly string[];
  /** Flows whose rules no lawyer has read yet. */
  readonly unverified: readonly string[];
}

/** Judges where this very site stands, not only where the country file says one may stand. */
export async function judgeResidency({ region, site }: Station): Promise<Residency> {
  const pack = await loadLawPack(regionsFolder, region.law);
  const { target } = site;
  const there = region.hosting.filter(
    (one) => one.kind === target.kind && (target.kind !== "aws" || one.region === target.region),
  );
  const abroad = target.kind === "aws" ? countryOfAwsRegion(target.region) : undefined;
  const hosting = there.length > 0 ? there : abroad === undefined ? region.hosting : [{ kind: target.kind, country: abroad }];
  const today = new Date().toISOString().slice(0, 10);
  const judgements = withOverrides(judge({ ...region, hosting }, pack, keptIn(site)), site.overrides, today);
  const unlisted =
    target.kind === "aws" && there.length === 0
      ? [`${target.region} is not among the hosting of ${region.code}'s country file`]
      : [];
  return {
    refused: [...unlisted, ...violations(judgements).map((one) => `${one.flow}: ${one.violation ?? ""}`)],
    overridden: judgements.flatMap(({ flow, override }) => (override === undefined ? [] : [`${flow}: ${override.by}`])),
    unverified: judgements.filter((one) => !one.verified).map((one) => one.flow),
  };
}

/** Where this site keeps its backups and the keys that open them, if not with the station. */
function keptIn({ backup: { target }, unseal }: Station["site"]): KeptIn {
  const bucket = target.kind === "s3" ? bucketCountry(target) : undefined;
  const copies = bucket === undefined ? [] : [bucket];
  const root = unseal.kind === "kms" && unseal.region !== undefined ? [countryOfAwsRegion(unseal.region)] : [];
  return { backups: copies, keys: [...copies, ...root] };
}

const onTheHost: ReadonlySet<string> = new Set(["127.0.0.1", "[::1]", "localhost"]);

/** Undefined: on the host itself. A store of one's own that nobody placed is taken for abroad. */
function bucketCountry({ region, endpoint, country }: Extract<Station["site"]["backup"]["target"], { kind: "s3" }>) {
  if (endpoint === undefined) return countryOfAwsRegion(region);
  return onTheHost.has(new URL(endpoint).hostname) ? undefined : (country ?? "ZZ");
}
