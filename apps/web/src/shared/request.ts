import type { Locale } from "@yizhan/locale";
import type { ErrorKey } from "./keys.ts";

/** An answer that is an error, or no answer at all (`status` 0, code `network`). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** Fields that were refused: their paths. */
  readonly fields: readonly string[];

  constructor(status: number, code: string, fields: readonly string[] = [], cause?: unknown) {
    super(`${status} ${code}`, { cause });
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

export interface RequestOptions {
  readonly method?: "GET" | "POST";
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds; a phone at 64 kbit/s on a bad day needs most of the default. */
  readonly timeout?: number;
  /** Lets the request outlive the page. */
  readonly keepalive?: boolean;
}

/** Asks the page's own server. Throws `ApiError` for everything but a 2xx answer. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const { method = "GET", body, headers = {}, timeout = 60_000, keepalive = false } = options;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      keepalive,
      // Unsafe methods carry a header that a foreign page cannot send.
      headers: { "x-yizhan": "1", ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeout),
    });
  } catch (error) {
    throw new ApiError(0, "network", [], error);
  }
  const answer: unknown = await response.json().catch((error: unknown) => {
    if (response.ok && response.status !== 204) throw new ApiError(response.status, "internal", [], error);
    return undefined;
  });
  if (response.ok) return answer as T;
  const problem = (answer as { error?: { code?: string; details?: { field: string }[] } } | undefined)?.error;
  throw new ApiError(
    response.status,
    problem?.code ?? "internal",
    problem?.details?.map((detail) => detail.field),
  );
}

const byStatus: Readonly<Record<number, ErrorKey>> = {
  0: "network",
  400: "bad-request",
  401: "signed-out",
  403: "forbidden",
  404: "not-found",
  409: "conflict",
  412: "conflict",
  413: "body-too-large",
  422: "bad-request",
  429: "too-many",
  502: "unavailable",
  503: "unavailable",
};

/** The sentence a person is shown for a failed request. */
export function errorText(locale: Locale, error: unknown): string {
  if (!(error instanceof ApiError)) return locale.t("errors:internal");
  const own = `errors:${error.code}`;
  return locale.t(locale.has(own) ? own : `errors:${byStatus[error.status] ?? "internal"}`);
}
