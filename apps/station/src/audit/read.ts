import { auditStorage, type Store } from "@yizhan/store";

/** What an administrator's eye should rest on. */
const grave: ReadonlySet<string> = new Set([
  "case.break-glass",
  "guard.block",
  "patient.forget",
  "patient.forget-request",
  "patient.consent-withdrawn",
  "account.reset",
  "key.rotate",
]);

export interface AuditView {
  /** Its place in the log. */
  readonly index: number;
  readonly at: string;
  readonly action: string;
  readonly actor: { readonly kind: string; readonly name: string };
  /** The patient's pseudonym. */
  readonly subject?: string;
  /** Type of the FHIR resource. */
  readonly type?: string;
  readonly detail?: string;
  readonly outcome: "done" | "refused";
  readonly grave: boolean;
}

interface Entry {
  readonly at?: string;
  readonly tenant?: string;
  readonly action?: string;
  readonly actor?: string;
  readonly subject?: string;
  readonly type?: string;
  readonly detail?: string;
  readonly outcome?: string;
}

const pageSize = 100;
/** Entries that one request looks at, at most. */
const mostLooked = 10_000;

/** The newest entries of one organisation before an index, newest first; `next` goes on where this page ends. */
export async function readAudit(
  store: Store,
  tenant: string,
  { before, onlyGrave }: { readonly before: number | undefined; readonly onlyGrave: boolean },
): Promise<{ readonly entries: AuditView[]; readonly next: number | undefined }> {
  const storage = auditStorage(store.database);
  const names = new Map((await store.direct(tenant).accounts.list()).map(({ id, name }) => [id, name]));
  const found: AuditView[] = [];
  let end = Math.min(before ?? Infinity, await storage.size());
  const first = Math.max(0, end - mostLooked);
  while (end > first && found.length < pageSize) {
    const start = Math.max(first, end - 500);
    const page = await storage.entries(start, end - start);
    for (let at = page.length - 1; at >= 0 && found.length < pageSize; at -= 1) {
      end = start + at;
      const entry = parse(page[at]);
      if (entry.tenant !== tenant) continue;
      const one = shown(end, entry, names);
      if (!onlyGrave || one.grave) found.push(one);
    }
  }
  return { entries: found, next: end > 0 ? end : undefined };
}

function parse(bytes: Uint8Array | undefined): Entry {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Entry;
  } catch (error) {
    // What another release wrote otherwise is not shown; the log itself keeps and proves it.
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function shown(index: number, entry: Entry, names: ReadonlyMap<string, string>): AuditView {
  const { at = "", action = "", actor = "", subject, type, detail, outcome } = entry;
  const [, kind = "staff", id = ""] = /^(?:([a-z-]+)[:/])?(.*)$/.exec(actor) ?? [];
  const word = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value });
  return {
    index,
    at,
    action,
    actor: { kind: kind === "account" ? "staff" : kind === "token" ? "application" : kind, name: names.get(id) ?? id },
    ...word("subject", subject),
    ...word("type", type),
    ...word("detail", detail === undefined ? undefined : (names.get(detail) ?? detail)),
    outcome: outcome === "refused" ? "refused" : "done",
    grave: grave.has(action),
  };
}
