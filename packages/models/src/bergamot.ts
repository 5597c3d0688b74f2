import directions from "./data/bergamot.json" with { type: "json" };
import type { Model, Quality } from "./types.ts";

/**
 * Mozilla's translation models, one row a direction and size class. `data/bergamot.json` holds what its registry
 * says: per file the bytes and SHA-256 of the gzip.
 */
interface Direction {
  from: string;
  to: string;
  class: string;
  comet?: number | undefined;
  files: { name: string; size: number; sha256: string }[];
}

const MAKER = "https://media.githubusercontent.com/media/mozilla/firefox-translations-models/main/models";

/** Better first; the first of a direction is called plainly `bergamot-<from>-<to>`. */
const classes = ["base-memory", "base", "tiny"];

export function bergamotModels(taken: ReadonlySet<string>): Model[] {
  const rows: Direction[] = directions;
  const ordered = rows.toSorted((a, b) => classes.indexOf(a.class) - classes.indexOf(b.class));
  const named = new Set(taken);
  return ordered.map((row) => {
    const plain = `bergamot-${row.from}-${row.to}`;
    const id = named.has(plain) ? `${plain}-${row.class}` : plain;
    named.add(id);
    return toModel(id, row);
  });
}

function toModel(id: string, row: Direction): Model {
  const quality: Quality[] =
    row.comet === undefined
      ? []
      : [{ measure: "comet", value: row.comet, language: `${row.from}-${row.to}`, on: "Flores-200, published by Mozilla" }];
  return {
    id,
    kind: "translation",
    name: `Bergamot ${row.from} → ${row.to} (${row.class})`,
    languages: [row.from, row.to],
    licence: "MPL-2.0",
    pieces: [
      {
        files: row.files.map(({ name, size, sha256 }) => ({ path: name, packed: { size, sha256 } })),
        sources: [{ kind: "url", base: `${MAKER}/${row.class}/${row.from}${row.to}/` }],
      },
    ],
    quality,
  };
}
