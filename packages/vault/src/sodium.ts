import sodium, { ready } from "libsodium-wrappers";

// Importing this module waits for the WebAssembly to be ready, so every function after it is synchronous.
await ready;

export { sodium };
