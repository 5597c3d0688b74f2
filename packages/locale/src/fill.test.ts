import { IntlMessageFormat } from "intl-messageformat";
import { expect, test } from "vitest";
import { fillOf } from "./fill.ts";
import type { Values } from "./types.ts";

const numbers = [0, -0, 1, 2, 3, 11, 21, 22, 1023, 1024, 1_000_000, 1.5, -1, NaN];
const messages = [
  "{count, plural, =0 {nothing} one {# case of {name}} few {# few} many {# many} two {# two} zero {# zero} other {# cases}}",
  "{count, plural, offset:1 =1 {you} one {you and # more} other {you and # more, {name}}}",
  "{count, selectordinal, one {#st} two {#nd} few {#rd} other {#th}}",
  "{name, select, Ana {she has {count, plural, one {# case} other {# cases}}} other {{name} has {count}}} since '{'yesterday'}'",
  "{count, number, ::percent} of {name}; {count, number}",
  "Only {name}, # and <b>{count}</b>",
];

test.each(["en", "ru", "ar-EG", "fa", "my", "cy", "si"])("says in %s what FormatJS says", (tag) => {
  for (const message of messages) {
    const fast = fillOf(message, tag);
    const exact = new IntlMessageFormat(message, tag, undefined, { ignoreTag: true });
    for (const name of ["Ana", "", "other", "__proto__"])
      for (const count of numbers) expect(fast({ name, count })).toBe(String(exact.format({ name, count })));
  }
});

test("takes booleans, and refuses what FormatJS refuses", () => {
  expect(fillOf("{yes, select, true {yes} other {no}}", "en")({ yes: true })).toBe("yes");
  expect(fillOf("{yes}!", "en")({ yes: true })).toBe("true!");
  expect(() => fillOf("{count, plural, one {#} other {#}} {name}", "en")({ count: 1 })).toThrow(/name/);
  expect(() => fillOf("Hi {name}", "en")()).toThrow(/name/);
  const inherited: Values = Object.create({ name: "Ana" });
  expect(fillOf("Hi {name}", "en")(inherited)).toBe("Hi Ana");
});
