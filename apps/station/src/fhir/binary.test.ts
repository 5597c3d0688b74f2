import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStation, type TestStation } from "../testing/station.ts";
import { openStorage } from "../storage.ts";

const mebibyte = 1024 * 1024;
// What nobody holds any more is collected before memory is measured: only what is held counts.
setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;
/** Twice: buffers are freed beside the first run, and are known to be free at the second. */
function collect(): void {
  gc();
  gc();
}
let station: TestStation;
beforeAll(async () => {
  station = await startTestStation({}, ["clinician"]);
});
afterAll(() => station.remove());

type Source = Uint8Array | ReadableStream<Uint8Array>;
async function fhir(method: string, path: string, headers: Record<string, string> = {}, body?: Source): Promise<Response> {
  const init = { method, headers: { authorization: `Bearer ${station.token}`, ...headers }, duplex: "half" };
  return station.app.request(`/fhir${path}`, body === undefined ? init : { ...init, body: body as BodyInit });
}
async function newPatient(): Promise<string> {
  const answer = await station.withToken(station.token)("/fhir/Patient", { json: { resourceType: "Patient" } });
  return ((await answer.json()) as { id: string }).id;
}
const idOf = async (answer: Response) => ((await answer.json()) as { id: string }).id;
const files = async () =>
  (await readdir(join(station.config.data, "files"), { recursive: true, withFileTypes: true })).filter((one) => one.isFile());

/** 50 MiB that no one holds whole; `seen` is called between its pieces. */
function large(seen: () => void, breakAt = Infinity): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      seen();
      if (sent === 50 * mebibyte) return controller.close();
      if (sent >= breakAt) return controller.error(new Error("the link is cut"));
      controller.enqueue(Buffer.alloc(mebibyte / 4, sent >> 18));
      sent += mebibyte / 4;
    },
  });
}

test("50 MiB go in and out in pieces, sealed, in ranges too, and never whole in memory", { timeout: 120_000 }, async () => {
  const patient = await newPatient();
  const digest = createHash("sha256");
  for (let at = 0; at < 200; at += 1) digest.update(Buffer.alloc(mebibyte / 4, at));
  let peak = 0;
  let looks = 0;
  collect();
  const before = process.memoryUsage().arrayBuffers;
  const look = () => {
    looks += 1;
    if (looks % 60 !== 0) return;
    collect();
    peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
  };
  const headers = { "content-type": "application/dicom", "x-security-context": `Patient/${patient}` };
  const made = await fhir("POST", "/Binary", headers, large(look));
  expect(made.status).toBe(201);
  const id = await idOf(made);

  const whole = await fhir("GET", `/Binary/${id}`, { accept: "application/dicom" });
  const found = createHash("sha256");
  for await (const piece of whole.body ?? []) {
    found.update(piece);
    look();
  }
  expect(whole.headers.get("content-type")).toBe("application/dicom");
  expect(found.digest("hex")).toBe(digest.digest("hex"));
  expect(peak).toBeLessThan(12 * mebibyte);

  const part = await fhir("GET", `/Binary/${id}`, { range: `bytes=${7 * mebibyte - 2}-${7 * mebibyte + 1}` });
  expect([part.status, part.headers.get("content-range")]).toEqual([
    206,
    `bytes ${7 * mebibyte - 2}-${7 * mebibyte + 1}/${50 * mebibyte}`,
  ]);
  expect([...new Uint8Array(await part.arrayBuffer())]).toEqual([27, 27, 28, 28]);
  expect((await fhir("GET", `/Binary/${id}`, { range: "bytes=999999999-" })).status).toBe(416);

  const [stored] = await files();
  const sealed = await readFile(join(stored?.parentPath ?? "", stored?.name ?? ""));
  expect(sealed.includes(Buffer.alloc(64, 27))).toBe(false);
});

test("small content is the same raw and as FHIR JSON", async () => {
  const made = await fhir("POST", "/Binary", { "content-type": "text/plain" }, Buffer.from("Olá, Ana"));
  const id = await idOf(made);
  const json = (await (await fhir("GET", `/Binary/${id}`, { accept: "application/fhir+json" })).json()) as Record<
    string,
    unknown
  >;
  expect(json).toMatchObject({
    resourceType: "Binary",
    id,
    contentType: "text/plain",
    data: Buffer.from("Olá, Ana").toString("base64"),
  });
  const posted = await station.withToken(station.token)("/fhir/Binary", { json: { ...json, meta: undefined } });
  expect(await (await fhir("GET", `/Binary/${await idOf(posted)}`)).text()).toBe("Olá, Ana");
});

test("raw content is replaced by its next version, and each version keeps its own", async () => {
  const patient = await newPatient();
  const owned = { "content-type": "text/plain", "x-security-context": `Patient/${patient}` };
  const id = await idOf(await fhir("POST", "/Binary", owned, Buffer.from("first")));
  const put = (headers: Record<string, string>, text: string, at = id) =>
    fhir("PUT", `/Binary/${at}`, { "content-type": "text/csv", ...headers }, Buffer.from(text));
  const before = (await files()).length;
  expect((await put({ "if-match": 'W/"9"' }, "too late")).status).toBe(412);
  expect((await files()).length).toBe(before);
  const second = await put({ "if-match": 'W/"1"' }, "second");
  expect([second.status, second.headers.get("etag")]).toEqual([200, 'W/"2"']);
  const answer = (await second.json()) as { meta: { tag: { code: string }[] }; securityContext: object };
  // What is not in the answer is said not to be, and it stays part of the patient's record.
  expect([answer.meta.tag[0]?.code, answer.securityContext]).toEqual(["SUBSETTED", { reference: `Patient/${patient}` }]);
  expect(JSON.stringify(answer)).not.toContain("_data");

  const read = async (path: string, accept = "text/csv") => {
    const got = await fhir("GET", `/Binary/${path}`, { accept });
    return [got.headers.get("content-type"), await got.text()];
  };
  expect(await read(id)).toEqual(["text/csv", "second"]);
  expect(await read(`${id}/_history/1`)).toEqual(["text/plain", "first"]);
  expect((await read(`${id}/_history/1`, "application/fhir+json"))[1]).toContain(Buffer.from("first").toString("base64"));
  const head = await fhir("HEAD", `/Binary/${id}`);
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "6", ""]);
  expect((await fhir("GET", `/Binary/${id}`, { "if-none-match": 'W/"2"' })).status).toBe(304);
  expect((await put({}, "named", "named-by-client")).status).toBe(201);
  expect(await read("named-by-client")).toEqual(["text/csv", "named"]);
});

test("content that a browser would run, or that is not what it says, is refused, and leaves nothing", async () => {
  const before = (await files()).length;
  const send = async (type: string, text: string | Buffer) =>
    (await fhir("POST", "/Binary", { "content-type": type }, Buffer.from(text))).status;
  expect(await send("text/html", "<script>")).toBe(415);
  expect(await send("image/svg+xml", "<svg/>")).toBe(415);
  expect(await send("image/png", "not a picture")).toBe(415);
  expect(await send("image/png", Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0]))).toBe(201);
  expect((await files()).length).toBe(before + 1);
  const marked = { resourceType: "Binary", contentType: "text/plain", _data: { extension: [{ url: "urn:yizhan:file" }] } };
  expect((await station.withToken(station.token)("/fhir/Binary", { json: marked })).status).toBe(422);
});

test("an upload that breaks half-way, or grows too long, leaves nothing", { timeout: 120_000 }, async () => {
  const before = await files();
  const headers = { "content-type": "application/dicom" };
  expect(
    (
      await fhir(
        "POST",
        "/Binary",
        headers,
        large(() => {}, 20 * mebibyte),
      )
    ).status,
  ).toBeGreaterThanOrEqual(400);
  const longer = new Blob([Buffer.alloc(50 * mebibyte), "x"]).stream();
  expect((await fhir("POST", "/Binary", headers, longer)).status).toBe(413);
  expect(await files()).toEqual(before);
});

test("a clinician opens only what is part of a record given to them", async () => {
  const clinician = await station.signIn("clinician");
  const headers = { "content-type": "text/plain", "x-security-context": `Patient/${await newPatient()}` };
  const id = await idOf(await fhir("POST", "/Binary", headers, Buffer.from("x")));
  expect((await clinician(`/fhir/Binary/${id}`)).status).toBe(403);
});

test("the files of a forgotten patient are removed, and a copy of one does not open", async () => {
  const patient = await newPatient();
  const headers = { "content-type": "text/plain", "x-security-context": `Patient/${patient}` };
  const id = await idOf(await fhir("POST", "/Binary", headers, Buffer.from("nobody reads this")));
  const count = (await files()).length;
  await station.stop();
  const { store, close } = await openStorage(station.config);
  const version = await store.direct().resources.read("Binary", id);
  const [, name = ""] = /"valueString":"([0-9a-f-]{36})"/.exec(Buffer.from(version?.bytes ?? []).toString()) ?? [];
  const place = { tenant: "home", subject: version?.subject ?? "", name };
  const opened = await store.files?.open(place);
  expect(opened?.size).toBe(17);
  await opened?.close();
  await store.forget(patient);
  expect((await files()).length).toBe(count - 1);
  await expect(store.files?.open(place)).rejects.toMatchObject({ code: "subject-forgotten" });
  await close();
});
