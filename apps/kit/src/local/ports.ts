import { createServer } from "node:net";
import { KitError } from "../errors.ts";

/** Throws `port-in-use` for the first port of `ports` that something else holds. */
export async function checkPorts(host: string, ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    const free = await new Promise<boolean>((resolve, reject) => {
      const server = createServer();
      server.once("error", (error: NodeJS.ErrnoException) => {
        if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(false);
        else reject(error);
      });
      server.listen(port, host, () => server.close(() => resolve(true)));
    });
    if (!free) throw new KitError("port-in-use", { port, suggestion: Math.ceil((port + 200) / 100) * 100 });
  }
}
