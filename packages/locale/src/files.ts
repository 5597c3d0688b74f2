export { compile, parseCatalogue } from "./catalogue.ts";
export { localeFiles, type LocaleFiles } from "./disk.ts";
export { pseudo, pseudoTags } from "./pseudo.ts";
