import { startTestStation, type TestStation } from "../../apps/station/src/testing/station.ts";

/** A station in this process and its FHIR API, asked with the application token of a local demonstration. */
export async function openDoor(): Promise<{ readonly station: TestStation; readonly fhir: Fhir }> {
  const station = await startTestStation({}, ["coordinator"]);
  const fhir: Fhir = async (method, path, body, headers = {}) => {
    const answer = await station.app.request(`/fhir${path}`, {
      method,
      headers: {
        authorization: `Bearer ${station.token}`,
        accept: "application/fhir+json",
        ...(body === undefined ? {} : { "content-type": "application/fhir+json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === "" ? {} : (JSON.parse(text) as FhirBody) };
  };
  return { station, fhir };
}

export type FhirBody = { readonly [key: string]: unknown };

export type Fhir = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<{ readonly status: number; readonly headers: Headers; readonly body: FhirBody }>;
