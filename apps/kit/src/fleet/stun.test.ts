import { createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { mappedAddress, stunBinding } from "./stun.ts";

/** Test vector of RFC 5769, 2.2: 192.0.2.1, port 32853. */
const rfc5769 = Buffer.from(
  "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96",
  "hex",
);

describe("a STUN binding", () => {
  it("reads the RFC's own answer", () => expect(mappedAddress(rfc5769, rfc5769.subarray(8, 20))).toBe("192.0.2.1:32853"));

  it("takes no answer to another question, nor rubbish", () => {
    expect(mappedAddress(rfc5769, Buffer.alloc(12))).toBeUndefined();
    for (let length = 0; length < 40; length++)
      expect(mappedAddress(rfc5769.subarray(0, length), rfc5769.subarray(8, 20))).toBeUndefined();
  });

  it("hears a server, and gives up on silence", async () => {
    const server = createSocket("udp4", (message, from) => {
      const answer = Buffer.from(rfc5769);
      message.copy(answer, 8, 8, 20);
      server.send(answer, from.port, from.address);
    });
    server.bind(0, "127.0.0.1");
    await once(server, "listening");
    expect(await stunBinding("127.0.0.1", server.address().port)).toBe("192.0.2.1:32853");
    const { port } = server.address();
    server.close();
    expect(await stunBinding("127.0.0.1", port, 300)).toBeUndefined();
  });
});
