import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Link {
  /** The machine's name; the kernel cuts a device's name after 15 signs. */
  readonly name: string;
  readonly device: string;
  readonly gateway: string;
  readonly address: string;
  /** The folder that says the network is taken: whoever removes it gives it back. */
  readonly claim: string;
}

/** A /30 network that no other test on this machine uses: a folder made for it is the claim. */
export async function freeLink(): Promise<Link> {
  const start = process.pid % 4_096;
  for (let tries = 0; tries < 4_096; tries += 1) {
    const index = (start + tries) % 4_096;
    const claim = join(tmpdir(), `yizhan-link-${index}`);
    try {
      await mkdir(claim);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
      throw error;
    }
    const base = index * 4;
    const address = (offset: number) => `10.211.${(base >> 8) & 255}.${(base & 255) + offset}`;
    return {
      name: `yz${index}`,
      device: `ve-yz${index}`,
      gateway: address(1),
      address: address(2),
      claim,
    };
  }
  throw new Error("no free link");
}
