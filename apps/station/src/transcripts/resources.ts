import { createHash } from "node:crypto";
import type { ResourceOf } from "@yizhan/store";
import type { Line, Translation } from "@yizhan/meet";
import { systems } from "../intake/resources.ts";

type Communication = ResourceOf<"Communication">;
type Payload = NonNullable<Communication["payload"]>[number];

/** HL7's own extension for the language of one element. */
const languageExtension = "http://hl7.org/fhir/StructureDefinition/language";
/** Ours: what a payload is, where it is not what was said. */
const kindExtension = "urn:yizhan:transcript:payload";
/** What the patient agreed to; its version changes with the words of the question. */
export const transcriptConsent = "transcript-1";

/** A line's id in the record: the same however often it is told, so that it is kept once. */
export function lineId(sessionId: string, segmentId: string): string {
  return createHash("sha256")
    .update(JSON.stringify([sessionId, segmentId]))
    .digest("hex")
    .slice(0, 40);
}

/** Consent to write down what is said. Who asked and who answered is in it. */
export function transcriptConsentOf(options: {
  readonly patientId: string;
  readonly language: string;
  readonly given: "patient" | "representative";
  readonly askedBy: string;
  readonly at: Date;
}): ResourceOf<"Consent"> {
  const { patientId, language, given, askedBy, at } = options;
  const patient = { reference: `Patient/${patientId}` };
  return {
    resourceType: "Consent",
    status: "active",
    language,
    scope: {
      coding: [
        { system: "http://terminology.hl7.org/CodeSystem/consentscope", code: "patient-privacy", display: "Privacy Consent" },
      ],
    },
    category: [{ coding: [{ system: "http://loinc.org", code: "59284-0", display: "Patient Consent" }] }],
    patient,
    dateTime: at.toISOString(),
    performer: [given === "patient" ? patient : { display: "Representative of the patient" }],
    policy: [{ uri: `${systems.consent}:${transcriptConsent}` }],
    verification: [{ verified: true, verifiedWith: { display: askedBy }, verificationDate: at.toISOString() }],
    provision: { type: "permit" },
  };
}

/** One line of a conversation: what was heard, its translations and corrections as payloads, by speaker and language. */
export function communicationOf(
  line: Line,
  links: { readonly patientId: string; readonly caseId: string; readonly encounterId: string },
): Communication {
  return {
    resourceType: "Communication",
    status: "completed",
    language: line.language,
    category: [{ text: "Transcript" }],
    subject: { reference: `Patient/${links.patientId}` },
    encounter: { reference: `Encounter/${links.encounterId}` },
    basedOn: [{ reference: `ServiceRequest/${links.caseId}` }],
    sent: new Date(line.startedAt).toISOString(),
    received: new Date(line.endedAt).toISOString(),
    sender: { display: line.participant.name ?? line.participant.id },
    ...payloadsOf(line),
  };
}

/** With a correction the first payload is what was said; what the machine heard follows, marked as such. */
export function payloadsOf(line: Line): Pick<Communication, "payload" | "note"> {
  const { corrected } = line;
  if (corrected === undefined) return { payload: [payload(line.text, line.language)] };
  return {
    payload: [payload(corrected.text, line.language), payload(line.text, line.language, "heard")],
    note: [{ authorString: corrected.by, time: new Date(corrected.at).toISOString(), text: "corrected" }],
  };
}

/** The same line with one more translation by machine, or the newer one of that language. */
export function withTranslation(kept: Communication, translation: Translation): Communication {
  const others = (kept.payload ?? []).filter((one) => kindOf(one) !== "translation" || languageOf(one) !== translation.to);
  return { ...kept, payload: [...others, payload(translation.text, translation.to, "translation")] };
}

function payload(text: string, language: string, kind?: "heard" | "translation"): Payload {
  return {
    extension: [
      { url: languageExtension, valueCode: language },
      ...(kind === undefined ? [] : [{ url: kindExtension, valueCode: kind }]),
    ],
    contentString: text,
  };
}

const valueOf = (one: Payload, url: string) => one.extension?.find((extension) => extension.url === url)?.valueCode;
const kindOf = (one: Payload) => valueOf(one, kindExtension);
const languageOf = (one: Payload) => valueOf(one, languageExtension);

/** A kept line, as the case's page shows it. */
export interface KeptLine {
  readonly at: string;
  readonly speaker: string;
  readonly language: string;
  readonly text: string;
  /** What the machine heard, where a person corrected it. */
  readonly heard?: string;
  readonly correctedBy?: string;
  readonly translations: { language: string; text: string }[];
}

export function lineOf(kept: Communication): KeptLine {
  const payloads = kept.payload ?? [];
  const heard = payloads.find((one) => kindOf(one) === "heard")?.contentString;
  const by = kept.note?.at(-1)?.authorString;
  return {
    at: kept.sent ?? "",
    speaker: kept.sender?.display ?? "",
    language: kept.language ?? "",
    text: payloads.find((one) => kindOf(one) === undefined)?.contentString ?? "",
    ...(heard === undefined ? {} : { heard }),
    ...(by === undefined ? {} : { correctedBy: by }),
    translations: payloads
      .filter((one) => kindOf(one) === "translation" && one.contentString !== undefined && one.contentString !== "")
      .map((one) => ({ language: languageOf(one) ?? "", text: one.contentString ?? "" })),
  };
}
