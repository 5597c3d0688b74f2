import { searchParameters, servedTypes } from "@yizhan/records";

const interactions = ["read", "vread", "update", "patch", "delete", "history-instance", "create", "search-type"] as const;

/** What this server does, and nothing that it does not. Built from the same tables that serve the requests. */
export function capabilityStatement(base: string, version: string) {
  return {
    resourceType: "CapabilityStatement",
    status: "active",
    date: "2026-11-22",
    kind: "instance",
    software: { name: "Yizhan station", version },
    implementation: { description: "A Yizhan station", url: base },
    fhirVersion: "4.0.1",
    format: ["application/fhir+json", "json"],
    patchFormat: ["application/json-patch+json"],
    rest: [
      {
        mode: "server",
        documentation:
          "Unknown search parameters are refused. A search that would open too many records is refused with a hint. XML is not served.",
        security: { cors: false, description: "A bearer token with SMART scopes, or a staff session." },
        interaction: [{ code: "transaction" }, { code: "batch" }],
        resource: servedTypes.map((type) => describe(type)),
        operation: [{ name: "validate", definition: "http://hl7.org/fhir/OperationDefinition/Resource-validate" }],
      },
    ],
  };
}

function describe(type: (typeof servedTypes)[number]) {
  const parameters = [...searchParameters(type).values()];
  const references = parameters
    .filter((parameter) => parameter.kind === "reference")
    .map((parameter) => `${type}:${parameter.name}`);
  return {
    type,
    interaction: interactions.map((code) => ({ code })),
    versioning: "versioned-update",
    readHistory: true,
    updateCreate: true,
    conditionalCreate: true,
    conditionalRead: "full-support",
    conditionalUpdate: true,
    conditionalDelete: "single",
    referencePolicy: ["literal", "local"],
    searchInclude: references,
    searchRevInclude: servedTypes.flatMap((other) =>
      [...searchParameters(other).values()]
        .filter((parameter) => parameter.kind === "reference" && parameter.targets.some((target) => target === type))
        .map((parameter) => `${other}:${parameter.name}`),
    ),
    searchParam: [
      { name: "_id", type: "token" },
      { name: "_lastUpdated", type: "date" },
      ...parameters.map(({ name, kind }) => ({ name, type: kind })),
    ],
    ...(type === "Patient"
      ? {
          operation: [
            { name: "everything", definition: "http://hl7.org/fhir/OperationDefinition/Patient-everything" },
            { name: "summary", definition: "http://hl7.org/fhir/uv/ips/OperationDefinition/summary" },
          ],
        }
      : {}),
  };
}
