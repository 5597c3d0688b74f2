// Takes the microphone's sound as the context gives it (16 kHz, mono) and sends tenths of a second to the page.
class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.part = new Int16Array(1600);
    this.filled = 0;
  }

  process([input]) {
    for (const sample of input?.[0] ?? []) {
      this.part[this.filled++] = Math.max(-1, Math.min(1, sample)) * 32767;
      if (this.filled < this.part.length) continue;
      this.port.postMessage(this.part.buffer, [this.part.buffer]);
      this.part = new Int16Array(1600);
      this.filled = 0;
    }
    return true;
  }
}
registerProcessor("microphone", Microphone);
