import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SpokenTurn } from "./script.ts";
import { readSound } from "./sound.ts";

/** Five sentences of "Sense and Sensibility" read for LibriVox, from Debian's pocketsphinx-testdata. */
export function librivox(): SpokenTurn[] {
  const folder = "/usr/share/pocketsphinx/test/data/librivox";
  const lines = readFileSync(join(folder, "transcription"), "utf8").trim().split("\n");
  return lines.map((line) => {
    const [, text = "", file = ""] = /^<s> (.*) <\/s> \((.*)\)$/u.exec(line) ?? [];
    return { speaker: "reader", text, samples: readSound(join(folder, `${file}.wav`)) };
  });
}

/** Prompts of a telephone exchange, read by a professional speaker, from Debian's asterisk-core-sounds-es(-wav). */
export function asterisk(): SpokenTurn[] {
  const folder = "/usr/share/asterisk/sounds/es_MX_f_Allison";
  const texts = execFileSync("gzip", ["-dc", "/usr/share/doc/asterisk-core-sounds-es/core-sounds-es.txt.gz"], {
    encoding: "utf8",
  });
  const byName = new Map(
    texts.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
  );
  return prompts.map((name) => ({
    speaker: "speaker",
    text: byName.get(name) ?? "",
    samples: readSound(join(folder, `${name}.wav`)),
  }));
}

/** Whole sentences, with numbers among them. */
const prompts = [
  "agent-alreadyon",
  "agent-newlocation",
  "auth-incorrect",
  "conf-adminmenu-162",
  "conf-extended",
  "conf-getconfno",
  "conf-hasleft",
  "conf-invalid",
  "conf-kicked",
  "conf-leaderhasleft",
  "conf-lockednow",
  "conf-noempty",
  "conf-now-muted",
  "conf-onlyone",
  "conf-waitforleader",
  "vm-intro",
];
