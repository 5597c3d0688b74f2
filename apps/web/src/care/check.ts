import type { CareKey } from "../shared/keys.ts";
import { type Answers, westernDigits } from "./answers.ts";

export const steps = ["complaint", "since", "pain", "allergies", "medicines", "you", "consent", "review"] as const;
export type Step = (typeof steps)[number];

/** Field → what to say about it. */
export type Wrongs = Readonly<Partial<Record<keyof Answers, CareKey>>>;

/** What keeps the worker from going on. Asks for the least that a doctor can work with. */
export function check(step: Step, answers: Answers, year = new Date().getFullYear()): Wrongs {
  switch (step) {
    case "complaint":
      return answers.areas.length === 0 && answers.complaint.trim() === "" ? { complaint: "need.complaint" } : {};
    case "since":
      return answers.since === "" && answers.sinceWords.trim() === "" ? { since: "need.choice" } : {};
    case "pain":
      return answers.pain === undefined ? { pain: "need.choice" } : {};
    case "allergies":
      return known("allergies", answers.allergies, answers.allergiesWords);
    case "medicines":
      return known("medicines", answers.medicines, answers.medicinesWords);
    case "you":
      return {
        ...(answers.name.trim() === "" ? { name: "need.name" } : {}),
        ...(isYear(answers.birthYear, year) ? {} : { birthYear: "need.year" }),
        ...(isPhone(answers.phone) ? {} : { phone: "need.phone" }),
      };
    case "consent":
      return answers.agreed ? {} : { agreed: "need.consent" };
    case "review":
      return {};
  }
}

function known(field: "allergies" | "medicines", choice: string, words: string): Wrongs {
  if (choice === "") return { [field]: "need.choice" };
  return choice === "yes" && words.trim() === "" ? { [`${field}Words`]: "need.words" } : {};
}

function isYear(text: string, now: number): boolean {
  const year = westernDigits(text.trim());
  return year === "" || (/^\d{4}$/.test(year) && Number(year) >= now - 120 && Number(year) <= now);
}

function isPhone(text: string): boolean {
  const phone = westernDigits(text.trim());
  return phone === "" || (/^[+\d\s().-]+$/.test(phone) && phone.replaceAll(/\D/g, "").length >= 5);
}
