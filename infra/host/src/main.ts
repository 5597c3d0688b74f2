import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { backUp, restoreBackup } from "./backup.ts";
import { apply, runPreflight } from "./apply.ts";
import { openArchive, openInbox, type PartSource } from "./archive/parts.ts";
import { readBundle } from "./bundle.ts";
import { findDrift } from "./drift.ts";
import { HostError } from "./errors.ts";
import { readOrNone } from "./files.ts";
import { discard, handOver } from "./handover/handover.ts";
import { passphraseIn, type Recipient } from "./handover/seal.ts";
import { invite } from "./invite.ts";
import { underLock } from "./lock.ts";
import { paths } from "./paths.ts";
import { jsonReport, type Report, textReport } from "./progress.ts";
import { rotate } from "./rotate.ts";
import { listSnapshots, restoreSnapshot, takeSnapshot } from "./snapshot.ts";
import { readState } from "./state.ts";
import { hostStatus } from "./status.ts";
import { testCall } from "./test-call.ts";
import { waitForHealth } from "./steps/health.ts";
import { sealState, unseal } from "./unseal/unseal.ts";
import { verifyArchive } from "./verify.ts";

const help = `yizhan-host VERB [options]

  preflight  --archive FILE | --inbox   look at this host; change nothing
  apply      --archive FILE | --inbox   make this host what the archive says
  status                                what is installed, and whether it is well
  drift                                 what differs from what was rendered
  snapshot                              copy databases, data and configuration
  rollback   [--to SNAPSHOT]            go back to a snapshot: release and data

  backup                                a sealed backup now, proved by restoring it
  restore    --file F | --copy NAME [--keys F] [--tombstones F]   bring the data back from a sealed backup;
                                        NAME is one in the bucket with the copies, or newest

  invite     COUNTRY                    on the hub: expect a station; prints its invitation

  test-call  NAME                       what opens a call of three for five minutes; NAME is the Jitsi's own

  unseal                                open it with what people know: JSON on standard input
  seal-state                            whether it waits for them, and for what

  rotate                                make the secrets between services anew
  handover   --recipient F | --passphrase-file F   seal all data for somebody, destroy keys, remove all
  destroy    --discard-data             the same without handing over

  --output FOLDER   where handover and certificate go (default /root/yizhan-handover)
  --fingerprint F   whose archives are trusted here; compared aloud once
  --new-signer      trust that fingerprint from now on, on purpose
  --given FOLDER    what travels beside the archive: invitation.json, invitations.json
  --now MS          the operator's clock, to compare with
  --json            one JSON object a line
`;

const { values, positionals } = (() => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        archive: { type: "string" },
        inbox: { type: "boolean" },
        fingerprint: { type: "string" },
        "new-signer": { type: "boolean" },
        now: { type: "string" },
        given: { type: "string" },
        recipient: { type: "string" },
        "passphrase-file": { type: "string" },
        "discard-data": { type: "boolean" },
        output: { type: "string" },
        to: { type: "string" },
        file: { type: "string" },
        copy: { type: "string" },
        keys: { type: "string" },
        tombstones: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${help}`);
    process.exit(2);
  }
})();

const write = (text: string) => void process.stdout.write(text);
const report: Report = values.json === true ? jsonReport(write) : textReport(write);

async function source(): Promise<PartSource> {
  if (values.archive !== undefined && values.inbox !== true) return openArchive(values.archive);
  if (values.inbox === true && values.archive === undefined) return openInbox(paths.inbox, paths.parts);
  throw new HostError("usage", "Give either --archive FILE or --inbox.");
}

const trust = {
  ...(values.fingerprint === undefined ? {} : { fingerprint: values.fingerprint }),
  ...(values["new-signer"] === undefined ? {} : { newSigner: values["new-signer"] }),
};
const output = values.output ?? "/root/yizhan-handover";
const now = values.now === undefined ? {} : { now: Number(values.now) };

const verbs: Readonly<Record<string, () => Promise<unknown>>> = {
  async preflight() {
    const from = await source();
    const state = await readState();
    const verified = await verifyArchive(from, state, trust);
    const checks = await runPreflight(verified.manifest, verified, state, now.now);
    report({ type: "result", result: { checks } });
    const bad = checks.filter((check) => !check.ok);
    if (bad.length > 0) throw new HostError("preflight-failed", bad.map((check) => `${check.name}: ${check.detail}`).join("\n"));
    return undefined;
  },
  apply: () =>
    underLock("apply", async () =>
      apply(await source(), { ...trust, ...now, ...(values.given === undefined ? {} : { given: values.given }) }, report),
    ),
  invite: () => underLock("invite", () => invite(positionals[1] ?? "")),
  "test-call": () => testCall(positionals[1] ?? ""),
  status: hostStatus,
  async drift() {
    const drift = await findDrift();
    report({ type: "result", result: { drift } });
    if (drift.length > 0) throw new HostError("drifted", drift.map((one) => `${one.kind} ${one.name}: ${one.found}`).join("\n"));
    return undefined;
  },
  snapshot: () =>
    underLock("snapshot", async () => {
      const state = await readState();
      if (state === undefined || state.version === "") throw new HostError("not-installed", "Nothing is installed here.");
      return takeSnapshot(report, state, false);
    }),
  rollback: () =>
    underLock("rollback", async () => {
      const text = await readOrNone(paths.bundle);
      if (text === undefined) throw new HostError("not-installed", "Nothing is installed here.");
      const id = values.to ?? (await listSnapshots())[0]?.id;
      if (id === undefined) throw new HostError("snapshot-missing", "There is no snapshot.");
      const { bundle, version } = await restoreSnapshot(report, id, readBundle(text.toString("utf8")));
      await waitForHealth(bundle, 120_000);
      return { snapshot: id, version };
    }),
  backup: () => underLock("backup", () => backUp(report)),
  restore: () =>
    underLock("restore", () => {
      const { file, copy, keys, tombstones } = values;
      const from = file === undefined ? copy !== undefined && { copy } : copy === undefined && { file };
      if (from === false) throw new HostError("usage", "Say which backup: either --file FILE or --copy NAME.");
      return restoreBackup(
        { from, ...(keys === undefined ? {} : { keys }), ...(tombstones === undefined ? {} : { tombstones }) },
        report,
      );
    }),
  unseal: async () => {
    const typed = await text(process.stdin);
    return underLock("unseal", () => unseal(typed, report));
  },
  "seal-state": sealState,
  rotate: () => underLock("rotate", () => rotate(report)),
  handover: () => underLock("handover", async () => handOver(await recipient(), output, report)),
  destroy: () =>
    underLock("destroy", async () => {
      if (values["discard-data"] !== true) throw new HostError("data-in-the-way", "This host holds a station's data.");
      return discard(output, report);
    }),
};

async function recipient(): Promise<Recipient> {
  const { recipient: file, "passphrase-file": passphraseFile } = values;
  if (file !== undefined) return { kind: "recipient", identity: JSON.parse(await readFile(file, "utf8")) as unknown };
  if (passphraseFile !== undefined) return { kind: "passphrase", passphrase: await passphraseIn(passphraseFile) };
  throw new HostError("passphrase-missing", "Nobody is named who takes over.");
}

async function main(): Promise<number> {
  const [verb = ""] = positionals;
  const work = verbs[verb];
  if (values.help === true) {
    write(help);
    return 0;
  }
  try {
    if (work === undefined || positionals.length !== (verb === "invite" || verb === "test-call" ? 2 : 1))
      throw new HostError("usage", `There is no “${positionals.join(" ")}”.`);
    if (process.getuid?.() !== 0) throw new HostError("not-root", "The installer changes the whole system.");
    const result = await work();
    if (result !== undefined) report({ type: "result", result });
    return 0;
  } catch (error) {
    if (error instanceof HostError) {
      report({ type: "failed", code: error.code, message: error.message, remedy: error.remedy });
      return error.exitCode;
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    report({
      type: "failed",
      code: "unexpected",
      message: text,
      remedy: "Run the same command again; send these lines to whoever made the release.",
    });
    return 1;
  }
}

// What is made here is for services of several users; what is secret gets its mode by itself.
process.umask(0o022);
process.exitCode = await main();
