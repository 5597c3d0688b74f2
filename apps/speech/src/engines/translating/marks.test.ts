import { expect, it } from "vitest";
import { tagged, untagged } from "./marks.ts";

it("escapes the source and follows stretches into the target", () => {
  const source = "Do not take <5 mg & more";
  const { html, followed } = tagged(source, [
    [13, 17],
    [3, 6],
  ]);
  expect(html).toBe('Do <b id="0">not</b> take &lt;<b id="1">5 mg</b> &amp; more');
  const { text, marks } = untagged('<b id="0">Não</b> tome &lt;<b id="1">5 mg</b> &amp; mais', followed);
  expect(text).toBe("Não tome <5 mg & mais");
  expect(marks.map(({ source: [a, b], target: [c, d] }) => [source.slice(a, b), text.slice(c, d)])).toEqual([
    ["not", "Não"],
    ["5 mg", "5 mg"],
  ]);
});

it("leaves out what overlaps, what is outside and what came back empty", () => {
  const { followed } = tagged("abcdef", [
    [0, 3],
    [2, 4],
    [5, 9],
  ]);
  expect(followed).toEqual([[0, 3]]);
  expect(untagged('x<b id="0"></b>y', followed)).toEqual({ text: "xy", marks: [] });
});
