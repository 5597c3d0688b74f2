import { createLocale } from "./locale.ts";

const sources = {
  hello: "Hello",
  who: "Good day, {name}.",
  dose: "{name}: {dose} every {hours} hours",
  cases: "{count, plural, =0 {no cases} one {# case} few {# cases} many {# cases} other {# cases}}",
  seen: "{who, select, patient {The patient} other {The interpreter}} wrote {count, plural, one {# line} other {# lines}}",
};

/** Lookups a second, warm: a sentence in five is plain, two have placeholders, two have a plural; numbers vary. */
export async function benchLocale(rounds = 100_000): Promise<{ readonly lookups: number; readonly perSecond: number }> {
  const tags = ["en", "ru", "ar-EG"];
  const locales = await Promise.all(
    tags.map((tag) => createLocale({ tag, namespaces: ["bench"], load: () => sources, mode: "production" })),
  );
  let letters = 0;
  const run = () => {
    for (const locale of locales) {
      for (let round = 0; round < rounds; round += 1) {
        const count = round % 4000;
        letters +=
          locale.t("hello").length +
          locale.t("who", { name: "Ana" }).length +
          locale.t("dose", { name: "Ana", dose: 2, hours: 8 }).length +
          locale.t("cases", { count }).length +
          locale.t("seen", { who: "patient", count }).length;
      }
    }
  };
  run();
  const started = performance.now();
  run();
  const seconds = (performance.now() - started) / 1000;
  const lookups = letters > 0 ? rounds * tags.length * 5 : 0;
  return { lookups, perSecond: Math.round(lookups / seconds) };
}
