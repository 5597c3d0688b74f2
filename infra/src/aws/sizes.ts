import type { Size } from "../stack-input.ts";

export interface Machines {
  readonly type: string;
  readonly count: number;
  /** GiB of the encrypted root disk. */
  readonly diskGib: number;
}

export interface DatabaseSize {
  readonly type: string;
  readonly diskGib: number;
  /** The disk grows by itself up to this. */
  readonly maximumGib: number;
  readonly replicas: number;
}

export interface AwsSize {
  /** Availability zones the network spans. */
  readonly zones: number;
  /** NAT gateways; none where the one machine has an address of its own. */
  readonly nats: number;
  /** The API and the pages, behind the balancer where there is one. */
  readonly station: Machines;
  /** Jitsi's bridges and TURN: UDP, each with an address of its own. */
  readonly media: Machines | undefined;
  /** Workers that hear and translate. */
  readonly speech: Machines | undefined;
  readonly balancer: boolean;
  /** Absent where PostgreSQL runs on the one machine. */
  readonly database: DatabaseSize | undefined;
}

/** What each size is made of. Speech needs AVX2 (x86-64-v3): Intel's sixth generation has it and more. */
export const awsSizes: Readonly<Record<Size, AwsSize>> = {
  clinic: {
    zones: 1,
    nats: 0,
    station: { type: "m6i.xlarge", count: 1, diskGib: 100 },
    media: undefined,
    speech: undefined,
    balancer: false,
    database: undefined,
  },
  district: {
    zones: 1,
    nats: 0,
    station: { type: "m6i.2xlarge", count: 1, diskGib: 300 },
    media: undefined,
    speech: undefined,
    balancer: false,
    database: undefined,
  },
  // Drawn, judged and priced, and refused by the kit until a bundle can be divided.
  national: {
    zones: 3,
    nats: 3,
    station: { type: "m6i.xlarge", count: 3, diskGib: 60 },
    media: { type: "c6i.2xlarge", count: 3, diskGib: 40 },
    speech: { type: "c6i.4xlarge", count: 4, diskGib: 60 },
    balancer: true,
    database: { type: "db.m6i.2xlarge", diskGib: 500, maximumGib: 4_000, replicas: 2 },
  },
};
