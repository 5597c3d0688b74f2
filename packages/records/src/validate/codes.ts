/** Whether a code can be one of its system's: the form only, no list. A wrong check digit is a typing error caught. */
export const codeForms: Readonly<Record<string, (code: string) => boolean>> = {
  /** ICD-10 with at most two places, `A00`, `B54`, `E11.9`. Source: WHO ICD-10 volume 2, 2.4. */
  "http://hl7.org/fhir/sid/icd-10": (code) => /^[A-Z]\d{2}(\.\d{1,2})?$/.test(code),
  /** ATC at any of its five levels, `N02BE01`. Source: WHO Collaborating Centre, structure and principles. */
  "http://www.whocc.no/atc": (code) => /^[A-Z](\d{2}([A-Z]([A-Z](\d{2})?)?)?)?$/.test(code),
  "http://loinc.org": isLoinc,
};

/** LOINC's number with its check digit (Luhn), or the code of a part, answer, list or group, which has another one. Source: LOINC Users' Guide. */
function isLoinc(code: string): boolean {
  return /^L[AGLP]\d{1,7}-\d$/.test(code) || (/^\d{1,7}-\d$/.test(code) && luhn(code));
}

function luhn(code: string): boolean {
  const [digits = "", check] = code.split("-");
  let sum = 0;
  for (const [at, digit] of [...digits].reverse().entries()) {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return (10 - (sum % 10)) % 10 === Number(check);
}
