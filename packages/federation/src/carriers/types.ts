/** Brings messages to the other node and its answers back. Knows nothing of what they hold. */
export interface Carrier {
  /** One envelope; resolves with the receiver's ack, as JSON. Throws `unreachable`, or the refusal's own code. */
  envelope(bytes: Uint8Array, signal: AbortSignal): Promise<unknown>;
  hello(message: unknown, signal: AbortSignal): Promise<unknown>;
  join(message: unknown, signal: AbortSignal): Promise<unknown>;
  close(): void;
}
