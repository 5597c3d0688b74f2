import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { openDatabase } from "@yizhan/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fleetUntil } from "../support/fleet.ts";
import { makePair, type Pair } from "../support/nodes.ts";
import { account, ana, askForCare, signIn } from "../support/patients.ts";
import { findIn, findInFolder } from "../support/search.ts";

/**
 * What a thief learns who takes the disk, the logs and the wire: nothing of the patient. The same
 * search is shown to find a row that was planted in plain text.
 */

const texts = [ana.name, "Machava", ana.phone, "84 777 31 31", ana.complaint, "penicilina sentinela"];

describe("after a patient asked for care, was found, read and closed", () => {
  let pair: Pair;
  let logs: Buffer;
  const wire: Buffer[] = [];
  let proxy: Server;

  beforeAll(async () => {
    pair = await makePair();
    const hub = await pair.startHub();
    const { port } = new URL(pair.hubUrl);
    proxy = createServer((client) => {
      const target = connect(Number(port), "127.0.0.1");
      client.on("data", (chunk: Buffer) => wire.push(chunk));
      client.on("error", () => target.destroy());
      target.on("error", () => client.destroy());
      client.pipe(target).pipe(client);
    }).listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const address = proxy.address();
    pair.hubAt(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
    const station = await pair.startStation();

    const { caseNumber } = await askForCare(pair.stationUrl);
    const clinician = await signIn(pair.stationUrl, account(pair.stationSecrets, "clinician"));
    const found = await clinician.get<{ cases: { id: string }[] }>(`/api/cases?name=${encodeURIComponent("Machava")}`);
    expect(found.cases).toHaveLength(1);
    const id = found.cases[0]?.id ?? "";
    await clinician.post(`/api/cases/${id}/claim`);
    expect(JSON.stringify(await clinician.get(`/api/cases/${id}`))).toContain(ana.name);
    await clinician.post(`/api/cases/${id}/close`, { outcome: "resolved", note: `${ana.name} está melhor` });
    // Bad input must not end in a log either.
    await fetch(`${pair.stationUrl}/api/intake`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...ana, pain: ana.name }),
    });
    await fetch(`${pair.stationUrl}/api/cases/status`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ caseNumber, accessCode: ana.name }),
    });
    const operator = await signIn(pair.hubUrl, account(pair.hubSecrets, "operator"));
    await fleetUntil(pair.hubUrl, operator, (one) => one.opened === 1 && one.closed === 1);
    await station.stop();
    await hub.stop();
    logs = Buffer.from(station.output() + hub.output());
  });
  afterAll(() => proxy.close());

  it("nothing of it lies in the station's or the hub's data", async () => {
    const { found, files, bytes } = await findInFolder(pair.data, texts);
    expect(found).toEqual([]);
    expect(files).toBeGreaterThan(100);
    expect(bytes).toBeGreaterThan(1_000_000);
  });

  it("nothing of it is in a log", () => {
    expect(logs.length).toBeGreaterThan(1_000);
    expect(findIn(logs, "log", texts)).toEqual([]);
  });

  it("nothing of it went to the hub", () => {
    const sent = Buffer.concat(wire);
    expect(sent.length).toBeGreaterThan(500);
    expect(findIn(sent, "wire", texts)).toEqual([]);
  });

  it("the search finds a row planted in plain text", async () => {
    const database = await openDatabase({ kind: "pglite", directory: `${pair.stationData}/db` });
    await database.kysely.schema.createTable("planted").addColumn("name", "text").execute();
    await database.kysely
      .insertInto("planted" as never)
      .values({ name: ana.name } as never)
      .execute();
    await database.close();
    const { found } = await findInFolder(pair.stationData, [ana.name]);
    expect(found.length).toBeGreaterThan(0);
  });
});
