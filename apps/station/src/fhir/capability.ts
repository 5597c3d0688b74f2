import { searchParameters, servedTypes } from "@yizhan/records";

const interactions = [
  "read",
  "vread",
  "update",
  "patch",
  "delete",
  "history-instance",
  "history-type",
  "create",
  "search-type",
] as const;
const validate = { name: "validate", definition: "http://hl7.org/fhir/OperationDefinition/Resource-validate" };

/** What this server does, and nothing that it does not. Built from the same tables that serve the requests. */
export function capabilityStatement(base: string, version: string) {
  return {
    resourceType: "CapabilityStatement",
    status: "active",
    date: "2026-11-23",
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
          "Parameters that are not named here are refused, unless a search says Prefer: handling=lenient. A search takes _sort, _count, _total, _summary, _elements, _include, _revinclude (both with :iterate) and chains over references; what is read takes _summary and _elements; a history takes _since and _count. A search that would open too many records is refused with a hint. The content of a Binary may be sent and read raw. XML is not served.",
        security: { cors: false, description: "A bearer token with SMART scopes, or a staff session." },
        interaction: [{ code: "transaction" }, { code: "batch" }, { code: "history-system" }],
        searchParam: [{ name: "_has", type: "special", documentation: "Reverse chains, also through one another." }],
        resource: servedTypes.map((type) => describe(type)),
        operation: [validate],
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
    versioning: "versioned",
    readHistory: true,
    updateCreate: true,
    conditionalCreate: true,
    conditionalRead: "full-support",
    conditionalUpdate: true,
    conditionalDelete: "single",
    referencePolicy: ["literal", "logical"],
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
    operation: [
      validate,
      ...(type === "Patient"
        ? [
            { name: "everything", definition: "http://hl7.org/fhir/OperationDefinition/Patient-everything" },
            { name: "summary", definition: "http://hl7.org/fhir/uv/ips/OperationDefinition/summary" },
          ]
        : []),
    ],
  };
}
