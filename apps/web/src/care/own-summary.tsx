import { useEffect, useState } from "preact/hooks";
import type { CareKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { type Concept, getSummary, type Summary, type SummaryResource } from "./own-api.ts";

/** The sections of an International Patient Summary by their LOINC codes, in the order that a patient asks for them. */
const sections: readonly (readonly [code: string, title: CareKey])[] = [
  ["11450-4", "summary.problems"],
  ["48765-2", "summary.allergies"],
  ["10160-0", "summary.medicines"],
  ["30954-2", "summary.results"],
];

/** What the record says, short: to read, to download as the document it is, to print. */
export function OwnSummary({ failed }: { readonly failed: (error: unknown) => void }) {
  const locale = useLocale<CareKey>();
  const [summary, setSummary] = useState<Summary>();
  useEffect(() => void getSummary().then(setSummary, failed), []);
  const [address, setAddress] = useState("");
  useEffect(() => {
    if (summary === undefined) return undefined;
    const made = URL.createObjectURL(new Blob([JSON.stringify(summary, null, 2)], { type: "application/fhir+json" }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [summary]);
  if (summary === undefined) return null;
  return (
    <section class="sheet stack" aria-labelledby="summary-title">
      <h2 id="summary-title">{locale.t("summary.title")}</h2>
      {sections.map(([code, title]) => {
        const lines = linesOf(summary, code);
        return (
          <div key={code} class="stack tight">
            <h3>{locale.t(title)}</h3>
            {lines.length === 0 ? <p class="soft">{locale.t("summary.none")}</p> : null}
            <ul data-private>
              {lines.map((line) => (
                <li key={line} dir="auto">
                  {line}
                </li>
              ))}
            </ul>
          </div>
        );
      })}
      <div class="row no-print">
        <a class="button" href={address} download="summary.fhir.json">
          {locale.t("download")}
        </a>
        <button type="button" class="button" onClick={() => window.print()}>
          {locale.t("print")}
        </button>
      </div>
    </section>
  );
}

/** What the resources of a section say, each once. An entry that says “nothing known” says it in its own words. */
export function linesOf(summary: Summary, code: string): readonly string[] {
  const section = summary.entry[0]?.resource.section?.find((one) => one.code?.coding?.some((coding) => coding.code === code));
  const named = new Map(summary.entry.map((one) => [one.fullUrl ?? "", one.resource]));
  const texts = (section?.entry ?? []).map(({ reference = "" }) => textOf(named.get(reference) ?? byEnd(summary, reference)));
  return [...new Set(texts.filter((text) => text !== ""))];
}

/** A reference may name only the end of an address: `Condition/1`. */
function byEnd(summary: Summary, reference: string): SummaryResource | undefined {
  return summary.entry.find((one) => one.fullUrl?.endsWith(`/${reference}`) === true)?.resource;
}

function textOf(resource: SummaryResource | undefined): string {
  const { code, medicationCodeableConcept, dosageInstruction = [], valueQuantity, valueString } = resource ?? {};
  const what = conceptText(code) || conceptText(medicationCodeableConcept);
  const value = valueQuantity === undefined ? valueString : [valueQuantity.value, valueQuantity.unit].filter(Boolean).join(" ");
  // How to take a medicine, as it was written for the patient.
  const taken = dosageInstruction.flatMap(({ text, patientInstruction }) => [text, patientInstruction]);
  const more = [value, ...taken].filter((part) => part !== undefined && part !== "").join(" · ");
  return more === "" ? what : `${what}: ${more}`;
}

function conceptText(concept: Concept | undefined): string {
  return concept?.text ?? concept?.coding?.find((one) => one.display !== undefined)?.display ?? concept?.coding?.[0]?.code ?? "";
}
