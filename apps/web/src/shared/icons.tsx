import type { ComponentChildren } from "preact";

/** Line drawings on a 24 grid, in the colour of the text beside them; always next to words. */
function icon(drawing: ComponentChildren) {
  return function Icon() {
    return (
      <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        {drawing}
      </svg>
    );
  };
}

export const Phone = icon(
  <path d="M6 3h3l2 5-2.5 1.5a11 11 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z" />,
);
export const Globe = icon(<path d="M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18" />);
export const Speaker = icon(<path d="M4 9v6h4l5 4V5L8 9zM16 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11" />);
export const Microphone = icon(
  <path d="M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11a6 6 0 0 0 12 0M12 17v4M8 21h8" />,
);
export const Stop = icon(<path d="M7 7h10v10H7z" />);
export const Letter = icon(<path d="M3 19 9 5l6 14M5 14h8M16 19l3-8 3 8M17 16h4" />);
export const Stethoscope = icon(<path d="M5 3v5a4 4 0 0 0 8 0V3M9 12v3a5 5 0 0 0 10 0v-2M19 13a2 2 0 1 0 0-4 2 2 0 0 0 0 4z" />);
export const Folder = icon(<path d="M4 6a2 2 0 0 1 2-2h4l2 3h6a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2zM9 13l2 2 4-4" />);
export const Lock = icon(<path d="M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3" />);
export const Warning = icon(<path d="M12 4 2.5 20h19zM12 10v4M12 17v.5" />);
export const Check = icon(<path d="m5 13 4 4L19 7" />);
export const Clock = icon(<path d="M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 3" />);
export const Cross = icon(<path d="m6 6 12 12M18 6 6 18" />);
export const Dash = icon(<path d="M5 12h14" />);
export const Search = icon(<path d="M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 21 21" />);
export const Refresh = icon(<path d="M20 11a8 8 0 1 0-2 6M20 4v7h-7" />);
export const Person = icon(<path d="M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21c0-9 16-9 16 0" />);
export const Down = icon(<path d="M12 5v14m0 0-5-5m5 5 5-5" />);

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
      <path d="M8 20c6-1 11-4 16-9 5 5 10 8 16 9M13 22v15M35 22v15" />
      <path class="mark-cross" d="M24 23v12M18 29h12" />
    </svg>
  );
}
