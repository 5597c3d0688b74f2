import { z } from "zod";
import { lanes } from "./types.ts";

/** Pieces that several wire formats share. */

export const nodeCode = z.string().regex(/^[A-Z]{2}$/);
export const hash = z.string().regex(/^[0-9a-f]{64}$/);
export const keyId = z.string().regex(/^[0-9a-f]{16}$/);
/** The one way of writing these bytes: left-over bits of the last character are nought, or a signature could be written anew. */
export const base64 = (bytes: number) =>
  z.base64().refine((text) => {
    const read = Buffer.from(text, "base64");
    return read.length === bytes && read.toString("base64") === text;
  }, `${bytes} bytes`);
export const signature = base64(64);
export const instant = z.iso.datetime({ precision: 3 });
export const lane = z.enum(lanes);
export const epoch = z.int().min(1).max(2_147_483_647);
export const sequence = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
