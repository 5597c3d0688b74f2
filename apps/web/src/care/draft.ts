import { kept, parsed, tab } from "../shared/storage.ts";
import type { Receipt } from "../shared/api.ts";
import { type Answers, noAnswers } from "./answers.ts";
import { randomId } from "../shared/random-id.ts";

/** Answers that are not sent yet. They stay on the phone, and not for ever: phones are lent. */
export interface Draft {
  readonly answers: Answers;
  readonly step: number;
  /** Sent with the answers, so that the station stores them once however often they are sent. */
  readonly key: string;
}

const lifetime = 24 * 60 * 60 * 1000;

export function newDraft(): Draft {
  return { answers: noAnswers, step: 0, key: randomId() };
}

export function readDraft(now = Date.now()): Draft | undefined {
  const stored = parsed(kept.get("draft")) as (Draft & { savedAt: number }) | undefined;
  if (stored === undefined) return undefined;
  if (typeof stored.savedAt !== "number" || now - stored.savedAt > lifetime || typeof stored.key !== "string") {
    clearDraft();
    return undefined;
  }
  return { answers: { ...noAnswers, ...stored.answers }, step: Number(stored.step) || 0, key: stored.key };
}

export function saveDraft(draft: Draft, now = Date.now()): void {
  kept.set("draft", JSON.stringify({ ...draft, savedAt: now }));
}

export function clearDraft(): void {
  kept.remove("draft");
}

/** The receipt outlives a reload by mistake, but not the tab. */
export const receipts = {
  read: () => parsed(tab.get("receipt")) as Receipt | undefined,
  save: (receipt: Receipt) => tab.set("receipt", JSON.stringify(receipt)),
  clear: () => tab.remove("receipt"),
};
