// Frames on their way to the socket: what is said in one turn goes out in one write, and who waits for
// their last byte to be with the kernel is told once. It never grows faster than its users write.

import type { Socket } from 'node:net';

export class Outbox {
  readonly #socket: Socket;
  #frames: Buffer[] = [];
  #waiting: (() => void)[] = [];
  #corked = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Bytes that the kernel has not taken yet. */
  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  /** `sent` is called once these bytes are with the kernel, unless the socket breaks. */
  add(frame: Buffer, sent?: () => void): void {
    this.#frames.push(frame);
    if (sent !== undefined) this.#waiting.push(sent);
  }

  /** What is added is kept until `uncork`. */
  cork(): void {
    this.#corked = true;
  }

  uncork(): void {
    this.#corked = false;
    this.flush();
  }

  flush(): void {
    if (this.#corked) return;
    const [frames, waiting] = [this.#frames, this.#waiting];
    const [first] = frames;
    if (first === undefined) return;
    this.#frames = [];
    this.#waiting = [];
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) return;
    const bytes = frames.length === 1 ? first : Buffer.concat(frames);
    let told = waiting.length === 0;
    const tell = () => {
      if (told) return;
      told = true;
      for (const sent of waiting) sent();
    };
    socket.write(bytes, (error) => {
      if (error === null || error === undefined) tell();
    });
    // Nearly always the kernel takes it all at once; the callback comes a turn too late then.
    if (socket.writableLength === 0) tell();
  }
}
