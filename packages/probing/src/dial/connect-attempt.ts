// One socket on its way to one address. All sockets of the process read into one buffer: the loop
// hands each piece over before it reads the next, so nothing is allocated per read, and nothing
// that is read may be kept without copying it.

import { Socket } from 'node:net';
import type { KernelFacts } from '@holdfast/resources/result';
import type { KernelSocket } from '../kernel-socket/kernel-socket.ts';
import type { Address, Connection } from '../prober.ts';
import type { SystemError } from './connect-fault.ts';

/** As much as the loop reads at once. */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

export interface AttemptListener {
  connected(attempt: ConnectAttempt): void;
  failed(attempt: ConnectAttempt, error: SystemError): void;
}

export class ConnectAttempt implements Connection {
  readonly address: Address;
  readonly port: number;
  readonly socket: Socket;
  connectMs = 0;
  kernel?: KernelFacts;
  receive: (bytes: Buffer) => void = ignore;

  constructor(address: Address, port: number, listener: AttemptListener) {
    this.address = address;
    this.port = port;
    this.socket = new Socket({
      // Without this Node answers the peer's end with a shutdown that nobody waits for.
      allowHalfOpen: true,
      onread: { buffer: READ_BUFFER, callback: (count, buffer) => this.#read(count, buffer) },
    });
    this.socket.once('connect', () => listener.connected(this));
    this.socket.on('error', (error: SystemError) => listener.failed(this, error));
    this.socket.connect({ host: address.ip, port });
  }

  measured(connectMs: number, kernel: KernelSocket): void {
    this.connectMs = connectMs;
    const facts = kernel.facts(this.socket);
    if (facts !== undefined) this.kernel = facts;
  }

  #read(count: number, buffer: Uint8Array): boolean {
    this.receive((buffer as Buffer).subarray(0, count));
    return true;
  }
}

function ignore(): void {}
