import { createLog, serveNode } from "@yizhan/http";
import { Hono } from "hono";

export interface FakeJitsi {
  /** Its origin: another one than the station's. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A Jitsi as far as a page sees it: `external_api.js` with the documented class, and a room in a frame that says when
 * one has joined, left or lost the call. It lets in whoever has a token, and shows the room, the token and the options.
 */
export async function startFakeJitsi(port = 0): Promise<FakeJitsi> {
  const app = new Hono();
  app.get("/external_api.js", (context) => context.body(externalApi, 200, { "content-type": "text/javascript" }));
  app.get("/room.js", (context) => context.body(room, 200, { "content-type": "text/javascript" }));
  app.get("/:room", (context) => context.html(page));
  const server = await serveNode({ app, host: "127.0.0.1", port, log: createLog("jitsi", "silent") });
  // Another host than the station's, so that cookies and origins are apart.
  return { url: server.url.replace("127.0.0.1", "localhost"), close: () => server.close() };
}

const externalApi = `
const origin = new URL(document.currentScript.src).origin;
window.JitsiMeetExternalAPI = class {
  #listeners = new Map();
  #frame = document.createElement("iframe");
  #hear = ({ source, data }) => {
    if (source !== this.#frame.contentWindow) return;
    for (const listener of this.#listeners.get(data.event) ?? []) listener(data);
  };
  constructor(host, { roomName, parentNode, jwt, lang, width, height, configOverwrite }) {
    if (host !== new URL(origin).host) throw new Error("another host");
    const said = new URLSearchParams({ jwt, lang, audio: String(configOverwrite.startAudioOnly === true) });
    this.#frame.allow = "camera; microphone; autoplay";
    this.#frame.src = origin + "/" + roomName + "#" + said;
    this.#frame.style.width = width;
    this.#frame.style.height = height;
    addEventListener("message", this.#hear);
    parentNode.append(this.#frame);
  }
  addListener(event, listener) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }
  executeCommand(command) {
    this.#frame.contentWindow?.postMessage({ command }, origin);
  }
  dispose() {
    removeEventListener("message", this.#hear);
    this.#frame.remove();
  }
};`;

const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Room</title>
<style>body{margin:0;min-height:100vh;display:grid;place-content:center;gap:.5rem;background:#17211f;color:#fff;font:1rem sans-serif;text-align:center}</style>
</head><body><main><h1>Room</h1><p id="state"></p><button id="hangup">Hang up</button> <button id="cut">Cut</button></main>
<script src="/room.js"></script></body></html>`;

const room = `
const say = (event, more = {}) => parent.postMessage({ event, ...more }, "*");
const id = Math.floor(Math.random() * 2 ** 32).toString(16).padStart(8, "0");
const asked = new URLSearchParams(location.hash.slice(1));
const leave = () => { say("videoConferenceLeft"); say("readyToClose"); };
document.getElementById("hangup").addEventListener("click", leave);
document.getElementById("cut").addEventListener("click", () => say("errorOccurred", { error: { isFatal: true } }));
addEventListener("message", ({ data }) => data.command === "hangup" && leave());
const state = (asked.get("audio") === "true" ? "Sound only" : "Sound and picture") + ", " + asked.get("lang");
document.getElementById("state").textContent = asked.get("jwt") ? state : "Not allowed";
if (asked.get("jwt")) setTimeout(() => say("videoConferenceJoined", { id, roomName: location.pathname.slice(1) }));`;
