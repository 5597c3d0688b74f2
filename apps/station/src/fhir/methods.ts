/** What each address of the API answers; `GET` answers `HEAD` too. */
const addresses: readonly (readonly [pattern: RegExp, methods: readonly string[]])[] = [
  [/^$/, ["POST"]],
  [/^(metadata|_history)$/, ["GET"]],
  [/^\$validate$/, ["POST"]],
  [/^[A-Z][A-Za-z]*$/, ["GET", "POST", "PUT", "PATCH", "DELETE"]],
  [/^[A-Z][A-Za-z]*\/_search$/, ["POST"]],
  [/^[A-Z][A-Za-z]*(\/[A-Za-z0-9\-.]+)?\/_history$/, ["GET"]],
  [/^[A-Z][A-Za-z]*(\/[A-Za-z0-9\-.]+)?\/\$validate$/, ["POST"]],
  [/^Patient\/[A-Za-z0-9\-.]+\/\$(everything|summary)$/, ["GET", "POST"]],
  [/^[A-Z][A-Za-z]*\/[A-Za-z0-9\-.]+$/, ["GET", "PUT", "PATCH", "DELETE"]],
  [/^[A-Z][A-Za-z]*\/[A-Za-z0-9\-.]+\/_history\/[A-Za-z0-9\-.]+$/, ["GET"]],
];

/** The methods of an address below the API's own, for `Allow`; undefined where nothing is served. */
export function methodsOf(address: string): readonly string[] | undefined {
  const found = addresses.find(([pattern]) => pattern.test(address))?.[1];
  return found?.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).concat("OPTIONS");
}
