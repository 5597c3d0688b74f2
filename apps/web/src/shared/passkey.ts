/**
 * Whether this browser can use a passkey here. A passkey belongs to a host name, so an address in numbers has none,
 * and the page must have come over TLS or from the machine itself.
 */
export function passkeysWork(): boolean {
  const numbers = /^[\d.]+$|:/.test(location.hostname);
  return globalThis.isSecureContext && globalThis.PublicKeyCredential !== undefined && !numbers;
}

type Options<T extends (...all: never[]) => unknown> = Parameters<T>[0] extends { optionsJSON: infer O } ? O : never;
// Loaded when someone first uses a passkey: the care page stays small.
const library = () => import("@simplewebauthn/browser");
type Library = Awaited<ReturnType<typeof library>>;

/** Lets the device make a passkey. Undefined where the person closed the device's window. */
export async function makePasskey(options: unknown): Promise<object | undefined> {
  const { startRegistration } = await library();
  return unlessClosed(() => startRegistration({ optionsJSON: options as Options<Library["startRegistration"]> }));
}

/** Lets the device prove who it is. Undefined where the person closed the device's window. */
export async function usePasskey(options: unknown): Promise<object | undefined> {
  const { startAuthentication } = await library();
  return unlessClosed(() => startAuthentication({ optionsJSON: options as Options<Library["startAuthentication"]> }));
}

async function unlessClosed(ask: () => Promise<object>): Promise<object | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && (error.name === "NotAllowedError" || error.name === "AbortError")) return undefined;
    throw error;
  }
}
