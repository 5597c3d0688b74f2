/** A private window may refuse storage; the pages then work without memory. */
function guarded<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}

export interface Store {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  remove(key: string): void;
}

function store(of: () => Storage): Store {
  return {
    get: (key) => guarded(() => of().getItem(`yizhan.${key}`)) ?? undefined,
    set: (key, value) => guarded(() => of().setItem(`yizhan.${key}`, value)),
    remove: (key) => guarded(() => of().removeItem(`yizhan.${key}`)),
  };
}

/** Stays on the device until removed. */
export const kept = store(() => localStorage);
/** Gone with the tab. */
export const tab = store(() => sessionStorage);

/** JSON of a stored value; what cannot be read any more counts as absent. */
export function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
