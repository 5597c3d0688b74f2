import { array, assert, constantFrom, property } from "fast-check";
import { expect, test } from "vitest";
import { LocalAgreement } from "./agreement.ts";

const heard = (text: string, doubtful: string[] = []) => ({
  text,
  words: text.split(" ").map((word) => ({ text: word, probability: doubtful.includes(word) ? 0.2 : 0.9 })),
});

test("commits what two hearings agree on, but for the last three words", () => {
  const agreement = new LocalAgreement();
  expect(agreement.interim(heard("I have had"))).toEqual({ text: "I have had", committed: 0 });
  expect(agreement.interim(heard("I have had a fever"))).toEqual({ text: "I have had a fever", committed: "I have".length });
  expect(agreement.final(heard("I have had a fever."))).toBe("I have had a fever.");
});

test("keeps what is committed when a later hearing disagrees, and takes the rest from it", () => {
  const agreement = new LocalAgreement();
  agreement.interim(heard("the pain is in my left"));
  const { committed } = agreement.interim(heard("the pain is in my left arm"));
  expect(committed).toBe("the pain is in".length);
  const next = agreement.interim(heard("The pain was in my left arm since"));
  expect(next.text).toBe("the pain is in my left arm since");
  expect(agreement.final(heard("Well the pain is in, my left arm, since Monday."))).toBe(
    "the pain is in my left arm, since Monday.",
  );
});

test("figures and doubtful words wait for the final", () => {
  const agreement = new LocalAgreement();
  agreement.interim(heard("take 30 and 9 tablets of it now"));
  expect(agreement.interim(heard("take 30 and 9 tablets of it now please")).committed).toBe("take".length);
  expect(agreement.final(heard("Take thirty-nine tablets of it now please."))).toBe("take thirty-nine tablets of it now please.");
  const doubt = new LocalAgreement();
  doubt.interim(heard("no amyxacillin for me today please", ["amyxacillin"]));
  expect(doubt.interim(heard("no amyxacillin for me today please sir", ["amyxacillin"])).committed).toBe("no".length);
});

test("takes characters for words where there are no spaces", () => {
  const agreement = new LocalAgreement();
  agreement.interim({ text: "我对青霉素", words: [] });
  const agreed = agreement.interim({ text: "我对青霉素过敏", words: [] });
  expect(agreed).toEqual({ text: "我对青霉素过敏", committed: "我对青霉".length });
  expect(agreement.final({ text: "我对青霉素过敏。", words: [] })).toBe("我对青霉素过敏。");
});

test("whatever is heard, what was committed stays as it was", () => {
  const word = constantFrom("a", "não", "dói", "é", "39", "muito.", "过敏", "Sim,", "e");
  const hearing = array(word, { maxLength: 8 }).map((words) => heard(words.join(" ")));
  assert(
    property(array(hearing, { maxLength: 8 }), hearing, (interims, last) => {
      const agreement = new LocalAgreement();
      let before = "";
      for (const interim of interims) {
        const { text, committed } = agreement.interim(interim);
        expect(text.startsWith(before)).toBe(true);
        expect(committed).toBeGreaterThanOrEqual(before.length);
        before = text.slice(0, committed);
      }
      expect(agreement.final(last).startsWith(before)).toBe(true);
    }),
  );
});

test("what is committed too early costs no word of the final", () => {
  const agreement = new LocalAgreement();
  const words: never[] = [];
  for (let turn = 0; turn < 2; turn += 1) agreement.interim({ text: "Soy a la aspirina no", words });
  expect(agreement.committed).toBe("Soy a");
  expect(agreement.final({ text: "Soy alérgico a la aspirina, no puedo", words })).toContain("alérgico a la aspirina, no puedo");
});
