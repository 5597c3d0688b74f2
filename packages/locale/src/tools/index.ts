export { fromCsv, toCsv } from "./csv.ts";
export { collect, type Exchange, type Unit } from "./exchange.ts";
export type { Fault, Rule } from "./fault.ts";
export { type Imported, importTexts, type Mark } from "./import.ts";
export { lint } from "./lint.ts";
export { picture, type PictureLabels } from "./picture.ts";
export { openProject, type Project } from "./project.ts";
export { type Coverage, type LanguageStatus, status } from "./status.ts";
export { fromXliff, toXliff } from "./xliff.ts";
