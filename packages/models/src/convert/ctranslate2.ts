/**
 * Reads a CTranslate2 model file (binary version 6). Layout, little-endian: u32 version; spec name; u32 revision;
 * u32 count; per variable its name, u8 rank, u32 dimensions, u8 type, u32 bytes, data; then u32 aliases, pairs of
 * names. A name is a u16 length that counts its closing NUL, then the bytes.
 */

export const ct2Types = ["float32", "int8", "int16", "int32", "float16"] as const;
export type Ct2Type = (typeof ct2Types)[number];

export interface Ct2Variable {
  shape: number[];
  type: Ct2Type;
  /** A view into the file. */
  data: Uint8Array;
}

export interface Ct2Model {
  spec: string;
  revision: number;
  variables: Map<string, Ct2Variable>;
}

export class FormatError extends Error {
  override readonly name = "FormatError";
}

export function readCtranslate2(file: Uint8Array): Ct2Model {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = 0;
  const u8 = () => view.getUint8(at++);
  const u16 = () => view.getUint16((at += 2) - 2, true);
  const u32 = () => view.getUint32((at += 4) - 4, true);
  const bytes = (length: number) => file.subarray(at, (at += length));
  const name = () => new TextDecoder().decode(bytes(u16()).subarray(0, -1));

  try {
    const version = u32();
    if (version !== 6) throw new FormatError(`CTranslate2 binary version ${version}, expected 6`);
    const spec = name();
    const revision = u32();
    const variables = new Map<string, Ct2Variable>();
    for (let count = u32(); count > 0; count--) {
      const key = name();
      const shape = Array.from({ length: u8() }, u32);
      const type = ct2Types[u8()];
      if (!type) throw new FormatError(`unknown data type of ${key}`);
      variables.set(key, { shape, type, data: bytes(u32()) });
    }
    for (let count = u32(); count > 0; count--) {
      const alias = name();
      const target = variables.get(name());
      if (!target) throw new FormatError(`alias ${alias} points at nothing`);
      variables.set(alias, target);
    }
    return { spec, revision, variables };
  } catch (error) {
    if (error instanceof RangeError) throw new FormatError("the CTranslate2 file ends early", { cause: error });
    throw error;
  }
}
