import manifest from "../package.json" with { type: "json" };

/** The hub's release. */
export const version: string = manifest.version;
