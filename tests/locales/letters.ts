import type { Page } from "playwright-core";

/** Text that a reader would not see whole: beyond the window, or beyond a box that hides what is too long for it. */
export async function cutText(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const slack = 1.5;
    const window = document.documentElement.clientWidth;
    const cut: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      const text = node.textContent?.trim() ?? "";
      if (text === "" || element === null || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const lines = [...range.getClientRects()].filter((line) => line.width > 0);
      const boxes: Element[] = [];
      for (let box: Element | null = element; box !== null && box !== document.body; box = box.parentElement) boxes.push(box);
      // Said for screen readers only: one pixel large.
      if (boxes.some((box) => box.getBoundingClientRect().width <= 1 && getComputedStyle(box).position === "absolute")) continue;
      const hiding = boxes.filter((box) => /hidden|clip/.test(getComputedStyle(box).overflow));
      const beyond = lines.some(
        (line) =>
          line.left < -slack ||
          line.right > window + slack ||
          hiding.some((box) => {
            const { left, right, top, bottom } = box.getBoundingClientRect();
            return (
              line.left < left - slack || line.right > right + slack || line.top < top - slack || line.bottom > bottom + slack
            );
          }),
      );
      const overfull = boxes.find(
        (box) =>
          hiding.includes(box) && (box.scrollWidth > box.clientWidth + slack || box.scrollHeight > box.clientHeight + slack),
      );
      if (beyond || overfull !== undefined) cut.push(text.slice(0, 60));
    }
    return cut;
  });
}

/**
 * Letters of the page that its fonts do not have: each is painted in its element's font and compared with the box
 * that the browser paints for U+FFFF, which is no letter of any font.
 */
export async function missingLetters(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const canvas = new OffscreenCanvas(96, 64);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (context === null) throw new Error("no canvas");
    const painted = (letter: string, font: string) => {
      context.clearRect(0, 0, 96, 64);
      context.font = font;
      context.fillText(letter, 24, 44);
      return context.getImageData(0, 0, 96, 64).data.join();
    };
    const letters = new Map<string, Set<string>>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      if (element === null || !element.checkVisibility()) continue;
      const { fontStyle, fontWeight, fontFamily } = getComputedStyle(element);
      const font = `${fontStyle} ${fontWeight} 28px ${fontFamily}`;
      const known = letters.get(font) ?? new Set<string>();
      letters.set(font, known);
      for (const letter of node.textContent ?? "") if (!/[\s\p{Cf}]/u.test(letter)) known.add(letter);
    }
    return [...letters].flatMap(([font, known]) => {
      const box = painted("\uFFFF", font);
      const nothing = painted(" ", font);
      return [...known].filter((letter) => [box, nothing].includes(painted(letter, font)));
    });
  });
}

/** Names of the fonts in which the browser really wrote the page's text, as Chromium tells its developer tools. */
export async function fontsUsed(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send("DOM.enable");
  await session.send("CSS.enable");
  const { root } = await session.send("DOM.getDocument");
  const { nodeIds } = await session.send("DOM.querySelectorAll", { nodeId: root.nodeId, selector: "body *" });
  const used = await Promise.all(nodeIds.map((nodeId) => session.send("CSS.getPlatformFontsForNode", { nodeId })));
  await session.detach();
  return [...new Set(used.flatMap(({ fonts }) => fonts.map((font) => font.familyName)))].toSorted();
}
