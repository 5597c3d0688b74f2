/** A language tag in its canonical form, or undefined where it is none. `no` is a language; `xx-bogus!` is not. */
export function canonicalTag(tag: string): string | undefined {
  if (tag.length > 35) return undefined;
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export function primaryOf(tag: string): string {
  return tag.split("-")[0]?.toLowerCase() ?? tag;
}

/** The tag itself, then with less and less behind it: `zh-Hans-CN`, `zh-Hans`, `zh`. */
export function widening(tag: string): string[] {
  const parts = tag.split("-");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("-"));
}
