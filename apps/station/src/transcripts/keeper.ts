import type { CaptionEvent, Line, Translation } from "@yizhan/meet";
import type { Log } from "@yizhan/http";
import type { ResourceOf, Store, Transaction } from "@yizhan/store";
import { note } from "../audit/note.ts";
import type { SpeechClient } from "../sessions/speech-client.ts";
import { communicationOf, lineId, payloadsOf, withTranslation } from "./resources.ts";
import { endVisit } from "./visit.ts";

type Communication = ResourceOf<"Communication">;

/** A conversation that is written down, and where. */
export interface Kept {
  readonly sessionId: string;
  readonly tenant: string;
  readonly caseId: string;
  readonly caseNumber: string;
  readonly patientId: string;
  readonly encounterId: string;
  readonly consentId: string;
  /** Epoch milliseconds; what was said before is not kept. */
  readonly since: number;
}

/** Writes conversations into records, line by line, as long as the consent holds. */
export interface Keeper {
  of(sessionId: string): Kept | undefined;
  /** Adds it to what a restart goes on with. Call it with the transaction that writes the consent, then `follow`. */
  remember(tx: Transaction, kept: Kept): Promise<void>;
  follow(kept: Kept): void;
  /** No line is written after it resolves. */
  stop(kept: Kept): Promise<void>;
  /** Goes on with what was kept when the process ended. */
  resume(): Promise<void>;
  close(): Promise<void>;
}

const setting = "kept-conversations";
/** Milliseconds before a line that could not be written is tried again; the speech service tells the last lines anew. */
const again = 5_000;

export function openKeeper({ store, speech, log }: { store: Store; speech: SpeechClient | undefined; log: Log }): Keeper {
  const following = new Map<string, { readonly kept: Kept; readonly end: () => Promise<void> }>();

  async function remembered(tx: Transaction, change: (all: readonly Kept[]) => readonly Kept[]): Promise<void> {
    await tx.lock(setting);
    await tx.settings.put(setting, change((await tx.settings.get<Kept[]>(setting))?.value ?? []));
  }
  const forget = (tx: Transaction, { sessionId }: Kept) =>
    remembered(tx, (all) => all.filter((one) => one.sessionId !== sessionId));

  function follow(kept: Kept): void {
    if (speech === undefined) return;
    const { sessionId } = kept;
    let unwatch: (() => void) | undefined;
    let timer: NodeJS.Timeout | undefined;
    let ended = false;
    let writing: Promise<void> = Promise.resolve();
    const leave = () => {
      ended = true;
      unwatch?.();
      clearTimeout(timer);
      if (following.get(sessionId)?.kept === kept) following.delete(sessionId);
    };
    const take = async (event: CaptionEvent) => {
      if (ended || !(await write(store, kept, event))) return;
      await store.transaction((tx) => forget(tx, kept));
      leave();
    };
    const watch = () => {
      unwatch = speech.watch(sessionId, (event) => {
        writing = writing.then(() => take(event)).catch(retry);
      });
    };
    const retry = (error: unknown) => {
      if (ended) return;
      log.warn({ err: error }, "a line of a conversation waits to be written");
      unwatch?.();
      clearTimeout(timer);
      timer = setTimeout(watch, again);
    };
    following.set(sessionId, {
      kept,
      end: async () => {
        leave();
        await writing;
      },
    });
    watch();
  }

  return {
    of: (sessionId) => following.get(sessionId)?.kept,
    remember: (tx, kept) => remembered(tx, (all) => [...all.filter((one) => one.sessionId !== kept.sessionId), kept]),
    follow,
    async stop(kept) {
      await following.get(kept.sessionId)?.end();
      await store.transaction((tx) => forget(tx, kept), { tenant: kept.tenant });
    },
    async resume() {
      const all = (await store.direct().settings.get<Kept[]>(setting))?.value ?? [];
      for (const kept of all) follow(kept);
    },
    async close() {
      await Promise.all([...following.values()].map(({ end }) => end()));
    },
  };
}

/** Writes what an event says; true where the conversation is over, or may no longer be kept. */
async function write(store: Store, kept: Kept, event: CaptionEvent): Promise<boolean> {
  if (event.type === "line" && (!event.final || event.text === "" || event.startedAt < kept.since)) return false;
  if (event.type !== "line" && event.type !== "translation" && event.type !== "ended") return false;
  return store.transaction(
    async (tx) => {
      const consent = await tx.resources.read("Consent", kept.consentId);
      if (consent?.resource.status !== "active") return true;
      if (event.type === "ended") {
        await endVisit(tx, kept.encounterId);
        return true;
      }
      const changed = event.type === "line" ? await writeLine(tx, kept, event) : await writeTranslation(tx, kept, event);
      if (changed) await note(store, tx, { action: "transcript.write", actor: "station", patient: kept.patientId });
      return false;
    },
    { tenant: kept.tenant },
  );
}

async function writeLine(tx: Transaction, kept: Kept, line: Line): Promise<boolean> {
  const id = lineId(kept.sessionId, line.segmentId);
  const before = await tx.resources.read("Communication", id);
  if (before === undefined) {
    await tx.resources.create<Communication>(communicationOf(line, kept), id);
    return true;
  }
  const { payload = [], note: notes = [] } = payloadsOf(line);
  if (line.corrected === undefined || before.resource.payload?.[0]?.contentString === line.corrected.text) return false;
  // The translations were of what was heard; the ones of what was said follow.
  const after = { ...before.resource, payload, note: [...(before.resource.note ?? []), ...notes] };
  await tx.resources.update<Communication>(id, after, { expected: before.version });
  return true;
}

async function writeTranslation(tx: Transaction, kept: Kept, translation: Translation): Promise<boolean> {
  const id = lineId(kept.sessionId, translation.segmentId);
  const before = await tx.resources.read("Communication", id);
  // A line from before the consent has no place for its translation either.
  if (before === undefined || translation.text === "") return false;
  const after = withTranslation(before.resource, translation);
  if (JSON.stringify(after.payload) === JSON.stringify(before.resource.payload)) return false;
  await tx.resources.update<Communication>(id, after, { expected: before.version });
  return true;
}
