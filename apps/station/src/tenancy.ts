/** Where a station's own records belong. */
export interface Tenancy {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly tenant: string;
  /** The node that case events go to; absent where the station works alone. */
  readonly hub: string | undefined;
}
