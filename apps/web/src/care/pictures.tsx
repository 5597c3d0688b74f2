import type { Area } from "./answers.ts";

/** Where on the figure each place is; the last three are things, not places. */
const spots: Partial<Record<Area, readonly (readonly [x: number, y: number, r: number])[]>> = {
  head: [[24, 9, 6.5]],
  throat: [[24, 16, 3.5]],
  chest: [[24, 21, 4.5]],
  belly: [[24, 28, 4.5]],
  arm: [
    [13.5, 25, 3.5],
    [34.5, 25, 3.5],
  ],
  leg: [
    [20, 40, 3.5],
    [28, 40, 3.5],
  ],
};

/** A person with one place marked. The word beside it carries the meaning. */
export function AreaPicture({ area }: { readonly area: Area }) {
  return (
    <svg class="picture" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
      {area === "fever" ? (
        <>
          <path d="M21 28V9a3 3 0 0 1 6 0v19a8 8 0 1 1-6 0zM31 10h5M31 16h5M31 22h5" />
          <path class="spot line" d="M24 34V18" />
        </>
      ) : area === "mind" ? (
        <path d="M30 6a17 17 0 1 0 12 26A15 15 0 0 1 30 6zM34 12h7l-7 8h7" />
      ) : (
        <Figure area={area} />
      )}
    </svg>
  );
}

function Figure({ area }: { readonly area: Area }) {
  return (
    <>
      <circle cx="24" cy="9" r="5.5" />
      <path d="M18 17h12c3 0 4 2 4.5 5l1 8M18 17c-3 0-4 2-4.5 5l-1 8M18.5 21v11l-.5 13M29.5 21v11l.5 13M24 34v11" />
      {area === "back" ? <path class="spot line" d="M24 18v13" /> : null}
      {area === "skin" ? (
        <g class="spot">
          <circle cx="21" cy="22" r="1.6" />
          <circle cx="27" cy="25" r="1.6" />
          <circle cx="22" cy="29" r="1.6" />
          <circle cx="35" cy="27" r="1.6" />
          <circle cx="28" cy="38" r="1.6" />
        </g>
      ) : null}
      {(spots[area] ?? []).map(([x, y, r]) => (
        <circle key={`${x}-${y}`} class="spot" cx={x} cy={y} r={r} />
      ))}
    </>
  );
}

/** A face for 0–10: the mouth turns from a smile, the brows sink, at the end there are tears. */
export function Face({ level }: { readonly level: number }) {
  const bend = 7 - level * 1.4;
  const brow = Math.max(0, level - 4) * 0.6;
  return (
    <svg class="face" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
      <circle cx="24" cy="24" r="20" />
      <path d={`M15 ${32 - bend / 3}Q24 ${32 + bend} 33 ${32 - bend / 3}`} />
      {level < 10 ? <path d="M17 20v1M31 20v1" class="eyes" /> : <path d="m14 19 5 2-5 2M34 19l-5 2 5 2" />}
      {level > 4 ? <path d={`M13 ${15 - brow / 2}l6 ${-brow}M35 ${15 - brow / 2}l-6 ${-brow}`} /> : null}
      {level > 8 ? <path class="tear" d="M13 27v4M35 27v4" /> : null}
    </svg>
  );
}
