import { parseArgs } from "node:util";
import { probeRoom, probeTurn } from "@yizhan/meet/probe";
import { testCall } from "../../infra/host/src/test-call.ts";

// What `yizhan up` ends with, run inside the machine: the host's own credentials, then the questions from outside.
const { values } = parseArgs({ options: { address: { type: "string" }, meet: { type: "string" }, turn: { type: "string" } } });
const { address = "", meet = "", turn = "" } = values;
const call = await testCall(meet);
const { authority } = call;
process.stdout.write(
  JSON.stringify({
    turn: await probeTurn({ address, port: 3478, tlsPort: 5349, name: turn, authority }, call.turn),
    room: await probeRoom({ address, port: 443, name: meet, authority }, call),
  }),
);
