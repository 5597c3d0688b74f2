import type { CaseDetail, CaseRow, Fleet } from "../src/shared/api.ts";

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

export const caseRows: readonly CaseRow[] = [
  {
    id: "c1",
    caseNumber: "MZ-7K2M-9QXA",
    status: "open",
    openedAt: ago(12),
    language: "pt",
    name: "Ana Machava",
    pain: 8,
    assignment: "waiting",
    complaint: "Peito, respiração: dor forte quando respiro fundo, pior à noite. Não consigo dormir.",
  },
  {
    id: "c2",
    caseNumber: "MZ-4F8N-2WTC",
    status: "open",
    openedAt: ago(95),
    language: "zh",
    name: "王建国",
    pain: 3,
    assignment: "mine",
    assignee: { id: "u1", name: "Dr. Lin" },
    complaint: "背、腰：搬运以后腰疼，弯腰时加重。",
  },
  {
    id: "c3",
    caseNumber: "MZ-9D3P-5HRE",
    status: "closed",
    openedAt: ago(4_000),
    language: "en",
    name: "Joseph Okello",
    pain: 1,
    assignment: "other",
    assignee: { id: "u2", name: "Dr. Sitoe" },
    complaint: "Skin: itching on both hands since the new gloves.",
  },
];

export function caseDetail(id: string, closed: boolean): CaseDetail | undefined {
  const row = caseRows.find((one) => one.id === id);
  if (row === undefined) return undefined;
  return {
    case: { ...row, status: closed ? "closed" : row.status },
    patient: {
      name: row.name,
      birthYear: 1968,
      gender: "female",
      phone: "+258 84 123 4567",
      language: row.language,
      interpreterNeeded: true,
    },
    intake: {
      complaint: row.complaint,
      since: "2 a 7 dias",
      pain: row.pain,
      allergies: "Penicilina: manchas na pele",
      medicines: "Amlodipina 5 mg, uma vez por dia",
    },
    consent: { version: "2026-11", language: row.language, at: row.openedAt, withdrawn: false },
    resources: { patient: "0f9c", consent: "1b22", questionnaireResponse: "77ae", serviceRequest: "c3d1" },
  };
}

export function fleet(): Fleet {
  return {
    at: new Date().toISOString(),
    stations: [
      {
        node: "MZ",
        status: "healthy",
        lastSeenAt: ago(0.1),
        lagMs: 420,
        opened: 1_284,
        closed: 1_250,
        pendingEvents: 0,
        version: "0.1.0",
        auditLog: { entries: 20_418, at: ago(0.1), contradicts: null, checkpoint: 1, acknowledged: null },
      },
      {
        node: "GQ",
        status: "late",
        lastSeenAt: ago(14),
        lagMs: 840_000,
        opened: 311,
        closed: 290,
        pendingEvents: 17,
        version: "0.1.0",
        auditLog: { entries: 4_012, at: ago(14), contradicts: null, checkpoint: 2, acknowledged: null },
      },
      {
        node: "ET",
        status: "down",
        lastSeenAt: ago(1_800),
        lagMs: 108_000_000,
        opened: 97,
        closed: 80,
        pendingEvents: null,
        version: "0.1.0",
        auditLog: { entries: 733, at: ago(1_800), contradicts: "cut-back", checkpoint: 3, acknowledged: null },
      },
      {
        node: "KZ",
        status: "never",
        lastSeenAt: null,
        lagMs: null,
        opened: 0,
        closed: 0,
        pendingEvents: null,
        version: null,
        auditLog: null,
      },
    ],
  };
}
