import { parseSearch, type ServedType } from "@yizhan/records";
import { type Case, StoreError, type Transaction } from "@yizhan/store";

/** The resources an intake made, in their current versions. Throws `gone` where one was deleted. */
export async function readAll(tx: Transaction, found: Case) {
  const { consent = "", questionnaireResponse = "" } = found.summary.resources ?? {};
  return {
    patient: await readOne(tx, "Patient", found.patientId),
    consent: await readOne(tx, "Consent", consent),
    answers: await readOne(tx, "QuestionnaireResponse", questionnaireResponse),
    request: await readOne(tx, "ServiceRequest", found.id),
  };
}
export type CaseRecords = Awaited<ReturnType<typeof readAll>>;

async function readOne<T extends ServedType>(tx: Transaction, type: T, id: string) {
  const version = await tx.resources.read(type, id);
  if (version === undefined) throw new StoreError("gone", `The case's ${type} is missing.`);
  return version;
}

/** Ids of patients whose name holds words that begin with these. Throws `too-broad` where they are too short to search by. */
export async function patientsNamed(tx: Transaction, name: string): Promise<string[]> {
  const words = name.split(/\s+/).filter((word) => word !== "");
  const query = words.slice(0, 8).map((word): [string, string] => ["name", word.replaceAll(/[,|$\\]/g, "\\$&")]);
  const { matches } = await tx.resources.search(parseSearch("Patient", [...query, ["_count", "200"]]));
  return matches.map((version) => version.id);
}
