import { kept } from "./storage.ts";

/** Steps of the page's type, as parts of the browser's own size. */
export const textSizes = [100, 125, 150, 200] as const;
export type TextSize = (typeof textSizes)[number];

export function textSize(): TextSize {
  const stored = Number(kept.get("text-size"));
  return textSizes.find((size) => size === stored) ?? 100;
}

export function applyTextSize(size: TextSize = textSize()): void {
  document.documentElement.dataset.text = String(size);
}

/** The next larger size, or the first again after the largest. */
export function nextTextSize(): TextSize {
  const next = textSizes[(textSizes.indexOf(textSize()) + 1) % textSizes.length] ?? 100;
  setTextSize(next);
  return next;
}

export function setTextSize(size: TextSize): void {
  kept.set("text-size", String(size));
  applyTextSize(size);
}
