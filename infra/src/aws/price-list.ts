/**
 * What AWS asks for, in US dollars: the list of us-east-1, on demand, without tax, and a factor for each region taken
 * from the region's price of `m6i.large` against it. An estimate for a decision, not an invoice: compare with AWS's
 * own calculator before signing. Traffic, requests and support are not in it.
 */
export const priceList = {
  date: "2025-06-01",
  source: "AWS's public price list for us-east-1, and the ratio of m6i.large in each region, rounded to 5 %",
  /** An hour of a machine running Linux. */
  machineHour: {
    "m6i.xlarge": 0.192,
    "m6i.2xlarge": 0.384,
    "c6i.2xlarge": 0.34,
    "c6i.4xlarge": 0.68,
  } as Readonly<Record<string, number>>,
  /** An hour of PostgreSQL in one zone; two zones cost twice. */
  databaseHour: { "db.m6i.2xlarge": 0.712 } as Readonly<Record<string, number>>,
  /** A GiB for a month. */
  diskGibMonth: 0.08,
  databaseGibMonth: 0.115,
  copyGibMonth: 0.05,
  bucketGibMonth: 0.023,
  balancerHour: 0.0225,
  natHour: 0.045,
  endpointHour: 0.01,
  addressHour: 0.005,
  keyMonth: 1,
  secretMonth: 0.4,
  zoneMonth: 0.5,
  regions: {
    "ap-south-1": 1.05,
    "ap-southeast-1": 1.25,
    "ap-southeast-3": 1.25,
    "ap-southeast-5": 1.15,
    "ap-southeast-7": 1.15,
    "il-central-1": 1.15,
    "me-central-1": 1.2,
    "me-south-1": 1.2,
  } as Readonly<Record<string, number>>,
} as const;
