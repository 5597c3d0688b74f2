import manifest from "../package.json" with { type: "json" };

/** The station's release. */
export const version: string = manifest.version;
