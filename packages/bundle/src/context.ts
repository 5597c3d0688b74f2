import type { Region } from "@yizhan/region";
import type { Site } from "./site.ts";
import type { Size } from "./sizes.ts";

/** What every part of a bundle is rendered from. */
export interface Context {
  readonly region: Region;
  readonly site: Site;
  /** The release's version. */
  readonly release: string;
  readonly size: Size;
}
