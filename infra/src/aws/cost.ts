import type { Size } from "../stack-input.ts";
import { priceList } from "./price-list.ts";
import { type AwsSize, awsSizes, type Machines } from "./sizes.ts";

export interface MonthlyCost {
  /** US dollars for 730 hours; undefined where the list has no price for the region (China bills in yuan). */
  readonly usd: number | undefined;
  readonly priceList: string;
  readonly parts: Readonly<Record<"machines" | "database" | "disks" | "network" | "keeping", number>>;
}

const hours = 730;
/** Interface endpoints of the closed network, one in each zone. */
const endpointServices = 7;
/** Sealed backups and copies grow with use: a year of a busy station. */
const bucketGib = 200;

export function monthlyCost(region: string, size: Size): MonthlyCost {
  const shape = awsSizes[size];
  const factor = priceList.regions[region];
  const parts = factor === undefined ? nothing : scaled(partsOf(shape), factor);
  const sum = Object.values(parts).reduce((a, b) => a + b, 0);
  return { usd: factor === undefined ? undefined : Math.round(sum), priceList: priceList.date, parts };
}

const nothing = { machines: 0, database: 0, disks: 0, network: 0, keeping: 0 };

function partsOf(shape: AwsSize): MonthlyCost["parts"] {
  const machines = [shape.station, shape.media, shape.speech].filter((one): one is Machines => one !== undefined);
  const addresses = (shape.balancer ? (shape.media?.count ?? 0) : shape.station.count) + shape.nats;
  const { database } = shape;
  const instances = database === undefined ? 0 : 2 + database.replicas;
  return {
    machines: machines.reduce((sum, one) => sum + price(priceList.machineHour, one.type) * hours * one.count, 0),
    database:
      database === undefined
        ? 0
        : instances * (price(priceList.databaseHour, database.type) * hours + database.diskGib * priceList.databaseGibMonth),
    disks: machines.reduce((sum, one) => sum + one.diskGib * one.count * priceList.diskGibMonth, 0),
    network:
      hours *
      (addresses * priceList.addressHour +
        shape.nats * priceList.natHour +
        (shape.balancer ? priceList.balancerHour + endpointServices * shape.zones * priceList.endpointHour : 0)),
    keeping:
      bucketGib * priceList.bucketGibMonth +
      (shape.balancer ? 0 : shape.station.diskGib * priceList.copyGibMonth) +
      priceList.keyMonth +
      priceList.secretMonth * (database === undefined ? 1 : 2) +
      priceList.zoneMonth,
  };
}

function price(list: Readonly<Record<string, number>>, type: string): number {
  const found = list[type];
  if (found === undefined) throw new RangeError(`the price list of ${priceList.date} has no ${type}`);
  return found;
}

function scaled(parts: MonthlyCost["parts"], factor: number): MonthlyCost["parts"] {
  return {
    machines: parts.machines * factor,
    database: parts.database * factor,
    disks: parts.disks * factor,
    network: parts.network * factor,
    keeping: parts.keeping * factor,
  };
}
