// The floor of a kept connection: one bare socket for each target, the same request written, the answer
// read until its length is there. Nothing is parsed, judged or recorded.

import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectSecure, createSecureContext } from 'node:tls';
import type { Endpoint } from '../../targets.ts';
import type { MakeKeptContender } from '../contender.ts';

export const makeKeptByHand: MakeKeptContender = async (kind, targets) => {
  const secureContext = createSecureContext({ ca: targets.ca });
  const secure = { secureContext, servername: targets.serverName, ALPNProtocols: ['http/1.1'] };
  const connections = new Map<Endpoint, KeptSocket>();
  for (const endpoint of targets[kind]) {
    const isPlain = kind === 'keepAliveHttp';
    const socket = isPlain ? connectPlain(endpoint) : connectSecure({ ...endpoint, ...secure });
    await once(socket, isPlain ? 'connect' : 'secureConnect');
    connections.set(endpoint, new KeptSocket(socket, endpoint));
  }
  return {
    async once(endpoint) {
      await connections.get(endpoint)?.ask();
    },
    async close() {
      for (const connection of connections.values()) connection.close();
    },
  };
};

class KeptSocket {
  readonly #socket: Socket;
  readonly #request: string;
  /** All answers of a target are alike: the head of the first tells how long they are. */
  #answerBytes = 0;
  #first = '';
  #missing = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(socket: Socket, { host, port }: Endpoint) {
    this.#socket = socket;
    this.#request = [
      'GET / HTTP/1.1',
      `Host: ${host}:${port}`,
      'User-Agent: Holdfast/0.1',
      'Accept: */*',
      'Accept-Encoding: identity',
      '',
      '',
    ].join('\r\n');
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
  }

  /** One after the other: whoever comes meanwhile is written behind. */
  ask(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#socket.write(this.#request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #learn(bytes: Buffer): void {
    this.#first += bytes.toString('latin1');
    const head = this.#first.indexOf('\r\n\r\n');
    const length = /^content-length: (\d+)/im.exec(this.#first)?.[1];
    if (head >= 0 && length !== undefined) this.#answerBytes = head + 4 + Number(length);
  }

  #read(bytes: Buffer): void {
    if (this.#answerBytes === 0) this.#learn(bytes);
    this.#missing += bytes.length;
    if (this.#answerBytes === 0) return;
    while (this.#missing >= this.#answerBytes && this.#waiting.length > 0) {
      this.#missing -= this.#answerBytes;
      this.#waiting.shift()?.();
    }
  }
}
