import { glossary } from "./glossary.ts";
import { drugLanguages, findDrugs, lexicon, type DrugLanguage } from "./lexicon.ts";

/** What is known of the visit: the case's own words, its medicines and allergies. */
export interface HearingContext {
  /** Free text of the case (complaint, medicines, allergies), in any of the languages. */
  text?: string;
  /** BCP 47 of `text`; the prompt's language where absent. */
  textLanguage?: string;
  /** INN of medicines the patient takes. */
  drugs?: readonly string[];
}

const OPENING: Record<DrugLanguage, string> = {
  en: "Medical consultation.",
  zh: "以下是普通话的医疗问诊，简体中文。",
  es: "Consulta médica.",
  fr: "Consultation médicale.",
  ru: "Приём у врача.",
  ar: "استشارة طبية.",
  pt: "Consulta médica.",
};
/** Medicines most often said in visits, put in where the case names none. */
const USUAL = [
  "paracetamol",
  "ibuprofen",
  "amoxicillin",
  "metformin",
  "amlodipine",
  "artemether/lumefantrine",
  "omeprazole",
  "salbutamol",
];
const TERMS = ["allergy", "fever", "hypertension", "diabetes", "malaria", "cough"];
/** Letters; a longer prompt invites words nobody said. */
const LONGEST = 220;

/**
 * A short initial prompt for speech recognition: the opening sets language and script, then words that are expected.
 * A name that was prompted is no more certain for being heard. Empty for a language without a glossary.
 */
export function hearingPrompt(tag: string, context: HearingContext = {}): string {
  const language = drugLanguages.find((l) => l === tag.toLowerCase().split("-")[0]);
  if (language === undefined) return "";
  const inns = new Set(context.drugs ?? []);
  if (context.text !== undefined)
    for (const found of findDrugs(context.text, context.textLanguage ?? tag)) for (const drug of found.drugs) inns.add(drug.inn);
  for (const inn of USUAL) if (inns.size < USUAL.length) inns.add(inn);
  const names = lexicon
    .filter((drug) => inns.has(drug.inn))
    .toSorted((a, b) => [...inns].indexOf(a.inn) - [...inns].indexOf(b.inn))
    .map((drug) => drug.names[language][0] ?? drug.inn);
  const terms = TERMS.flatMap((id) => glossary.find((t) => t.id === id)?.names[language][0] ?? []);
  const comma = language === "zh" ? "、" : language === "ar" ? "، " : ", ";
  let prompt = OPENING[language];
  let first = true;
  for (const word of [...names, ...terms]) {
    if (prompt.length + word.length + 3 > LONGEST) break;
    prompt += (first ? (language === "zh" ? "" : " ") : comma) + word;
    first = false;
  }
  return first ? prompt : `${prompt}${language === "zh" ? "。" : "."}`;
}
