import type { JsonObject } from "@yizhan/records";
import { fileOf, type Store, type Version, type WrittenFile } from "@yizhan/store";
import { ownerOf } from "./access.ts";
import { assertContentType, assertSignature, byteRange, draft, fileRecord, mostFile, securityContext } from "./binary-file.ts";
import { type Outcome, resourceBody, type Work, writeVersion } from "./interactions.ts";
import { etag, httpDate, jsonType } from "./links.ts";
import { FhirError } from "./outcome.ts";

/** Content as it is sent: of its own type, of any length up to {@link mostFile}. */
export interface RawContent {
  readonly contentType: string;
  readonly securityContext: string | undefined;
  readonly body: ReadableStream<Uint8Array> | null;
}

/**
 * Keeps raw content as a sealed file and makes the Binary that names it. The file is whole and durable before
 * the record is written; where either fails, neither remains.
 */
export async function createBinary(store: Store, work: Work, raw: RawContent): Promise<Outcome> {
  const { repositories, access } = work;
  const binary = draft(raw.contentType, securityContext(raw.securityContext));
  const subject = await repositories.resources.subjectOfNew(binary);
  const owner = ownerOf(repositories.tenant, subject);
  await access.demand("record.create", "Binary", owner);
  return keepFile(store, { tenant: repositories.tenant, subject }, raw, async (file) => {
    const resource = resourceBody(fileRecord(binary, file), "Binary");
    const version = await repositories.resources.create(resource, undefined, (written) => {
      assertSame(written.subject, subject);
      return access.entries("record.create", "Binary", [owner], { digest: written.digest });
    });
    return { status: 201, version };
  });
}

/**
 * Raw content as the next version of a Binary, or as a new one of that id. Earlier versions keep their files.
 * Without `X-Security-Context` it stays part of the record that it was part of.
 */
export async function updateBinary(
  store: Store,
  { access, repositories }: Work,
  inTransaction: (write: (work: Work) => Promise<Outcome>) => Promise<Outcome>,
  raw: RawContent & { readonly id: string; readonly ifMatch: string | undefined },
): Promise<Outcome> {
  const { id } = raw;
  const { tenant, resources } = repositories;
  const current = await resources.subjectOf("Binary", id);
  const context = securityContext(raw.securityContext) ?? (current === undefined ? undefined : await contextOf(resources, id));
  const binary: JsonObject = { ...draft(raw.contentType, context), id };
  const subject = await resources.subjectOfNew(binary);
  // Judged once more where it is written; here, before anything is taken in.
  for (const whose of new Set([current ?? subject, subject]))
    await access.demand(current === undefined ? "record.create" : "record.update", "Binary", ownerOf(tenant, whose));
  return keepFile(store, { tenant, subject }, raw, (file) =>
    inTransaction(async (work) => {
      const outcome = await writeVersion(work, "Binary", id, resourceBody(fileRecord(binary, file), "Binary", id), raw.ifMatch);
      assertSame(outcome.version?.subject, subject);
      return outcome;
    }),
  );
}

async function contextOf(resources: Work["repositories"]["resources"], id: string): Promise<string | undefined> {
  const reference = (await resources.read("Binary", id))?.resource.securityContext?.reference;
  return reference === undefined ? undefined : securityContext(reference);
}

async function keepFile(
  { files }: Store,
  place: { readonly tenant: string; readonly subject: string },
  raw: RawContent,
  write: (file: WrittenFile) => Promise<Outcome>,
): Promise<Outcome> {
  assertContentType(raw.contentType);
  if (files === undefined || raw.body === null) throw new FhirError(400, "required", "There is no content.");
  const file = await files.write(place, assertSignature(raw.contentType, raw.body), mostFile);
  try {
    return await write(file);
  } catch (error) {
    await files.remove({ ...place, name: file.name });
    throw error;
  }
}

/** The record that was to say whose content it is has changed hands meanwhile: its key would not open the file. */
function assertSame(written: string | undefined, subject: string): void {
  if (written !== subject) throw new FhirError(409, "conflict", "The security context has changed; send it again.");
}

/** A Binary's content in its own type, whole or the range that is asked for. */
export async function rawBinary(
  store: Store,
  tenant: string,
  version: Version,
  { range, head }: { readonly range: string | undefined; readonly head: boolean },
): Promise<Response> {
  const binary = version.resource as unknown as JsonObject;
  const opened = await contentOf(store, tenant, version);
  try {
    const part = byteRange(range, opened.size);
    const { start, end } = part ?? { start: 0, end: opened.size };
    if (head) await opened.close();
    return new Response(head ? null : streamOf(opened.read(start, end), opened.close), {
      status: part === undefined ? 200 : 206,
      headers: {
        "content-type": typeof binary.contentType === "string" ? binary.contentType : "application/octet-stream",
        "content-length": String(end - start),
        "accept-ranges": "bytes",
        ...(part === undefined ? {} : { "content-range": `bytes ${start}-${end - 1}/${opened.size}` }),
        // Nothing that was sent here runs in a page of ours.
        "content-disposition": "attachment",
        "content-security-policy": "sandbox; default-src 'none'",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        etag: etag(version),
        "last-modified": httpDate(version.updatedAt),
      },
    });
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** A Binary whose content is a file, as FHIR JSON with its `data`: written as it is read, never whole in memory. */
export async function jsonBinary(store: Store, tenant: string, version: Version, head: boolean): Promise<Response> {
  const { _data, ...record } = version.resource as unknown as { readonly _data?: unknown };
  const opened = await contentOf(store, tenant, version);
  const start = JSON.stringify(record).slice(0, -1);
  async function* text(): AsyncGenerator<Uint8Array, void> {
    yield Buffer.from(`${start},"data":"`);
    let rest: Uint8Array = new Uint8Array(0);
    for await (const piece of opened.read(0, opened.size)) {
      const all = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      const whole = all.length - (all.length % 3);
      yield Buffer.from(Buffer.from(all.buffer, all.byteOffset, whole).toString("base64"));
      rest = all.slice(whole);
    }
    yield Buffer.from(`${Buffer.from(rest).toString("base64")}"}`);
  }
  if (head) await opened.close();
  return new Response(head ? null : streamOf(text(), opened.close), {
    headers: {
      "content-type": jsonType,
      "cache-control": "no-store",
      etag: etag(version),
      "last-modified": httpDate(version.updatedAt),
    },
  });
}

interface Content {
  readonly size: number;
  read(start: number, end: number): AsyncGenerator<Uint8Array, void>;
  close(): Promise<void>;
}

async function contentOf(store: Store, tenant: string, version: Version): Promise<Content> {
  const binary = version.resource as unknown as JsonObject;
  const file = fileOf(binary);
  if (file !== undefined) {
    if (store.files === undefined) throw new FhirError(503, "no-store", "The files of this station are not at hand.");
    return store.files.open({ tenant, subject: version.subject, name: file.name });
  }
  const bytes = typeof binary.data === "string" ? Buffer.from(binary.data, "base64") : new Uint8Array(0);
  return {
    size: bytes.length,
    async *read(start, end) {
      yield bytes.subarray(start, end);
    },
    close: () => Promise.resolve(),
  };
}

function streamOf(pieces: AsyncGenerator<Uint8Array, void>, close: () => Promise<void>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await pieces.next();
        if (done !== true) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      await close();
    },
    async cancel() {
      await pieces.return();
      await close();
    },
  });
}
