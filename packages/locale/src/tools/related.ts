/** Languages near enough that a whole sentence may be the same in two of them. */
const families: readonly (readonly string[])[] = [
  ["ru", "be", "uk", "bg", "mk", "sr"],
  ["bs", "hr", "sr-Latn", "sl", "cs", "sk", "pl", "cnr"],
  ["es", "pt", "fr", "ro", "it", "tet", "gl", "ca"],
  ["az", "tr", "tk", "uz", "kk", "ky", "tt"],
  ["fa", "fa-AF", "prs", "tg", "ps", "ur", "ckb", "ku"],
  ["hi", "ne", "mr", "bn"],
  ["ms", "id", "fil"],
];

/** Whether equal texts in the two languages may be chance. */
export function related(one: string, other: string): boolean {
  const base = (tag: string) => tag.split("-")[0];
  return base(one) === base(other) || families.some((family) => family.includes(one) && family.includes(other));
}
