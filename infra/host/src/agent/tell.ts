import { attempt } from "../shell.ts";
import type { AgentConfig } from "./config.ts";
import type { Message } from "./memory.ts";
import { wordsFor } from "./words.ts";

/** Sends what has to be told by every way there is. Answers the ways that failed; throws nothing. */
export async function tell(config: AgentConfig, messages: readonly Message[], now: number): Promise<string[]> {
  if (messages.length === 0) return [];
  const { webhook, email } = config.alerts;
  const failed: string[] = [];
  const tried = async (way: string, send: () => Promise<boolean>) => {
    if (!(await send().catch(() => false))) failed.push(way);
  };
  if (webhook !== undefined) await tried("webhook", () => post(webhook, config, messages, now));
  if (email !== undefined) await tried("email", () => mail(email, config, messages, now));
  return failed;
}

async function post(url: string, { country, station }: AgentConfig, messages: readonly Message[], now: number): Promise<boolean> {
  const body = {
    country,
    station,
    at: new Date(now).toISOString(),
    // Many chat services show this field.
    text: messages.map((one) => `${country} ${one.state}: ${one.finding.id} (${one.finding.detail})`).join("\n"),
    alerts: messages.map(({ state, finding }) => ({ state, check: finding.id, detail: finding.detail })),
  };
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  });
  await answer.body?.cancel();
  return answer.ok;
}

type Email = NonNullable<AgentConfig["alerts"]["email"]>;

async function mail(email: Email, config: AgentConfig, messages: readonly Message[], now: number): Promise<boolean> {
  const words = wordsFor(config.language);
  const lines = messages.map(
    ({ state, finding }) => `${words.states[state]}: ${words.kinds[finding.kind]} (${finding.id}): ${finding.detail}`,
  );
  const bad = messages.filter((one) => one.state !== "good").length;
  const subject = `Yizhan ${config.country}: ${bad === 0 ? words.states.good : words.trouble}`;
  const text = [
    `From: Yizhan ${config.country} <${email.from}>`,
    `To: ${email.to}`,
    `Subject: =?utf-8?B?${Buffer.from(subject).toString("base64")}?=`,
    `Date: ${new Date(now).toUTCString()}`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
    "",
    ...lines,
    "",
    `https://${config.station}/health`,
    "",
  ].join("\r\n");
  const { code } = await attempt("msmtp", [`--file=${email.configuration}`, "--timeout=30", email.to], { input: [text] });
  return code === 0;
}
