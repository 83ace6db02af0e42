// A TCP proxy that does what networks do: delays, swallows, resets, refuses, in either direction, and
// heals. What was swallowed is kept back and arrives after healing, as TCP's retransmission would bring it.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** As seen from the client. */
export type Direction = 'out' | 'back' | 'both';

export interface FaultProxy {
  readonly host: string;
  readonly port: number;
  /** `host:port`. */
  readonly address: string;
  /** Connections of clients that are open now. */
  readonly connections: number;
  /** Every chunk arrives so much later, plus up to `jitterMs`; their order is kept. */
  delay(delayMs: number, jitterMs?: number, direction?: Direction): void;
  /** Nothing passes until `heal`; connections stay open, and new ones are still accepted. */
  blackHole(direction?: Direction): void;
  /** Resets all connections that are open now. */
  reset(): void;
  /** New connections are refused; open ones stay. */
  refuse(): void;
  /** Undoes all of it. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

export interface FaultProxyTarget {
  host: string;
  port: number;
}

/** `target`: `host:port`, an address of the form `http://host:port`, or the parts. */
export async function startFaultProxy(
  target: string | FaultProxyTarget,
  host = '127.0.0.1',
): Promise<FaultProxy> {
  const proxy = new TcpProxy(typeof target === 'string' ? targetOf(target) : target, host);
  await proxy.listen();
  return proxy;
}

interface Weather {
  delayMs: number;
  jitterMs: number;
  swallows: boolean;
}

const FAIR: Weather = { delayMs: 0, jitterMs: 0, swallows: false };

class TcpProxy implements FaultProxy {
  readonly host: string;
  readonly #target: FaultProxyTarget;
  readonly #weather = { out: { ...FAIR }, back: { ...FAIR } };
  readonly #pairs = new Set<Pair>();
  readonly #server = createServer({ allowHalfOpen: true });
  #port = 0;

  constructor(target: FaultProxyTarget, host: string) {
    this.#target = target;
    this.host = host;
    this.#server.on('connection', (client: Socket) => {
      const pair = new Pair(client, this.#target, this.#weather);
      this.#pairs.add(pair);
      client.once('close', () => this.#pairs.delete(pair));
    });
  }

  get port(): number {
    return this.#port;
  }

  get address(): string {
    return `${this.host}:${this.#port}`;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  async listen(): Promise<void> {
    this.#server.listen(this.#port, this.host);
    await once(this.#server, 'listening');
    this.#server.unref();
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  delay(delayMs: number, jitterMs = 0, direction: Direction = 'both'): void {
    this.#set(direction, { delayMs, jitterMs });
  }

  blackHole(direction: Direction = 'both'): void {
    this.#set(direction, { swallows: true });
  }

  reset(): void {
    for (const pair of this.#pairs) pair.reset();
  }

  refuse(): void {
    if (!this.#server.listening) return;
    // Listening ends at once; the server's own `close` event would wait for the connections that stay.
    this.#server.close();
  }

  async heal(): Promise<void> {
    this.#set('both', FAIR);
    for (const pair of this.#pairs) pair.flow();
    if (!this.#server.listening) await this.listen();
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) pair.reset();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #set(direction: Direction, change: Partial<Weather>): void {
    if (direction !== 'back') Object.assign(this.#weather.out, change);
    if (direction !== 'out') Object.assign(this.#weather.back, change);
  }
}

/** One client's connection and its other half. */
class Pair {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #lanes: Lane[];

  constructor(client: Socket, target: FaultProxyTarget, weather: { out: Weather; back: Weather }) {
    this.#client = client;
    this.#server = connect({ ...target, allowHalfOpen: true });
    this.#lanes = [
      new Lane(client, this.#server, weather.out),
      new Lane(this.#server, client, weather.back),
    ];
    for (const socket of [client, this.#server]) {
      socket.unref();
      socket.setNoDelay(true);
      socket.on('error', () => this.reset());
      socket.once('close', () => this.reset());
    }
  }

  flow(): void {
    for (const lane of this.#lanes) lane.flow();
  }

  reset(): void {
    for (const lane of this.#lanes) lane.drop();
    for (const socket of [this.#client, this.#server]) {
      // A reset amid a shutdown is refused by the system, and Node then never closes the handle: its
      // process would spin at the exit.
      if (socket.writableEnded && !socket.writableFinished) socket.destroy();
      else if (!socket.destroyed) socket.resetAndDestroy();
    }
  }
}

/** One direction of a pair; `undefined` in its line is the end of the stream. */
class Lane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #weather: Weather;
  readonly #line: { chunk: Buffer | undefined; dueMs: number }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket, weather: Weather) {
    this.#from = from;
    this.#to = to;
    this.#weather = weather;
    from.on('data', (chunk: Buffer) => this.#take(chunk));
    from.on('end', () => this.#take(undefined));
  }

  #take(chunk: Buffer | undefined): void {
    const { delayMs, jitterMs, swallows } = this.#weather;
    const dueMs = performance.now() + delayMs + Math.random() * jitterMs;
    this.#line.push({ chunk, dueMs });
    // The kernel's buffers fill up behind it, as they do when nothing is acknowledged any more.
    if (swallows) this.#from.pause();
    this.flow();
  }

  flow(): void {
    clearTimeout(this.#timer);
    if (this.#weather.swallows) return;
    for (;;) {
      const [next] = this.#line;
      if (next === undefined) break;
      const waitMs = next.dueMs - performance.now();
      if (waitMs > 0.2 && this.#weather.delayMs + this.#weather.jitterMs > 0) {
        this.#timer = setTimeout(() => this.flow(), waitMs);
        return;
      }
      this.#line.shift();
      this.#pass(next.chunk);
    }
    this.#from.resume();
  }

  drop(): void {
    clearTimeout(this.#timer);
    this.#line.length = 0;
  }

  #pass(chunk: Buffer | undefined): void {
    if (this.#to.destroyed) return;
    if (chunk === undefined) {
      this.#to.end();
      return;
    }
    if (!this.#to.write(chunk)) {
      this.#from.pause();
      this.#to.once('drain', () => this.#from.resume());
    }
  }
}

function targetOf(text: string): FaultProxyTarget {
  const { hostname, port } = new URL(text.includes('://') ? text : `http://${text}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
}
