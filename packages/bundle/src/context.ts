import type { Region } from "@yizhan/region";
import type { Site } from "./site.ts";
import type { Size } from "./sizes.ts";
import type { Role } from "./types.ts";

/** What every part of a bundle is rendered from. */
export interface Context {
  readonly region: Region;
  readonly site: Site;
  /** Of the machine that is rendered. */
  readonly role: Role;
  /** The release's version. */
  readonly release: string;
  readonly size: Size;
}
