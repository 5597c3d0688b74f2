import type { Plugin } from "vite";

const parser = "@formatjs/icu-messageformat-parser";

/**
 * Messages reach the pages as syntax trees, so FormatJS is built without its parser:
 * 8 KB less over the wire.
 */
export function parserless(): Plugin {
  return {
    name: "yizhan:parserless",
    enforce: "pre",
    resolveId(id, importer) {
      return id === parser ? this.resolve(`${parser}/no-parser.js`, importer, { skipSelf: true }) : undefined;
    },
  };
}
