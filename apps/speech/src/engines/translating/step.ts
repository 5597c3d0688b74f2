import type { Mark } from "../types.ts";

export interface StepResult {
  text: string;
  marks?: Mark[];
  unknown?: string[];
}

/** One engine on its way from one language to another. */
export interface TranslationStep {
  readonly engine: string;
  translate(text: string, follow: readonly [number, number][], signal?: AbortSignal): Promise<StepResult>;
  close(): void;
}
