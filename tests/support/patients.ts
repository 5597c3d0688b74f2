import { randomUUID } from "node:crypto";

/** What a worker sends; the words are searched for where they must not be. */
export const ana = {
  language: "pt",
  name: "Ana Machava Sentinela",
  birthYear: 1961,
  gender: "female",
  phone: "+258 84 777 31 31",
  complaint: "Dor no peito sentinela há dois dias, não passa com paracetamol",
  since: "há dois dias",
  pain: 7,
  allergies: "penicilina sentinela",
  medicines: "metformina 500 mg",
  consent: { version: "1", language: "pt", agreed: true },
} as const;

export interface Receipt {
  readonly caseNumber: string;
  readonly accessCode: string;
}

export async function askForCare(
  stationUrl: string,
  intake: Readonly<Record<string, unknown>> = ana,
  key: string = randomUUID(),
): Promise<Receipt> {
  const response = await fetch(`${stationUrl}/api/intake`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify(intake),
  });
  if (response.status !== 201) throw new Error(`intake: ${response.status} ${await response.text()}`);
  return (await response.json()) as Receipt;
}

export interface SignedIn {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  readonly cookie: string;
}

export async function signIn(url: string, account: { name: string; passphrase: string }): Promise<SignedIn> {
  const response = await fetch(`${url}/api/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-yizhan": "1" },
    body: JSON.stringify({ name: account.name, passphrase: account.passphrase }),
  });
  if (!response.ok) throw new Error(`sign-in: ${response.status} ${await response.text()}`);
  const cookie = response.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  const ask = async <T>(path: string, init: RequestInit): Promise<T> => {
    const answer = await fetch(`${url}${path}`, {
      ...init,
      headers: { cookie, "x-yizhan": "1", "content-type": "application/json" },
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  return {
    cookie,
    get: (path) => ask(path, {}),
    post: (path, body) => ask(path, { method: "POST", body: JSON.stringify(body ?? {}) }),
  };
}

export function account(
  secrets: { staff: readonly { name: string; role: string; passphrase: string }[] },
  role: string,
): { name: string; passphrase: string } {
  const found = secrets.staff.find((one) => one.role === role);
  if (found === undefined) throw new Error(`no ${role}`);
  return found;
}
