import type { Scope } from "./roles.ts";

const form = /^(patient|user|system)\/(\*|[A-Za-z]{1,64})\.(\*|c?r?u?d?s?)$/;
/** SMART version 1 wrote words. */
const words: Readonly<Record<string, string>> = { read: "rs", write: "cud" };

export type Verb = "c" | "r" | "u" | "d" | "s";

/**
 * Reads scopes as SMART App Launch writes them (version 2: `user/*.cruds`, `system/*.*`; version 1's
 * `.read` and `.write` too), separated by spaces. `undefined` where one is not a scope: a token
 * with a scope that is not understood is refused whole, so that a typing error never widens it.
 */
export function parseScopes(text: string): readonly Scope[] | undefined {
  const scopes: Scope[] = [];
  for (const part of text.split(" ").filter((piece) => piece !== "")) {
    const dot = part.lastIndexOf(".");
    const match = form.exec(`${part.slice(0, dot)}.${words[part.slice(dot + 1)] ?? part.slice(dot + 1)}`);
    const [, context, type, may] = match ?? [];
    if (context === undefined || type === undefined || may === undefined || may === "") return undefined;
    scopes.push({ context: context as Scope["context"], type, may: may === "*" ? "cruds" : may });
  }
  return scopes.length === 0 ? undefined : scopes;
}

export function formatScopes(scopes: readonly Scope[]): string {
  return scopes.map((scope) => `${scope.context}/${scope.type}.${scope.may}`).join(" ");
}

/** Whether one of `scopes` covers `verb` on resources of `type`. */
export function scopesAllow(scopes: readonly Scope[], type: string, verb: Verb): boolean {
  return scopes.some((scope) => (scope.type === "*" || scope.type === type) && scope.may.includes(verb));
}
