// The connections of one process to etcd: calls go round the slots, a slot without a connection is passed
// over while another has one, and its connection is made meanwhile.

import type { Chance } from '@holdfast/kernel';
import { ConnectionSlot, type SlotOptions } from './connection-slot.ts';
import type { GrpcConnection } from './grpc-connection.ts';

export class ConnectionPool {
  readonly #slots: ConnectionSlot[];
  #turn = 0;

  constructor(options: SlotOptions & { chance: Chance }, connectionsMax: number) {
    // Chance spreads the processes of a fleet over the members.
    const first = options.chance.integer(options.endpoints.length);
    this.#slots = Array.from(
      { length: connectionsMax },
      (_, i) => new ConnectionSlot(options, first + i),
    );
  }

  /** A connection that takes calls, without waiting. */
  ready(): GrpcConnection | undefined {
    const { length } = this.#slots;
    for (let step = 0; step < length; step += 1) {
      const slot = this.#next();
      const connection = slot.ready;
      if (connection !== undefined) return connection;
      // Whoever needs it later hears of its failure then.
      slot.connect().catch(() => {});
    }
    return undefined;
  }

  /** The next attempt at a connection. Rejects with a GrpcFailure that says `sent: false`. */
  connect(): Promise<GrpcConnection> {
    return this.#next().connect();
  }

  close(): void {
    for (const slot of this.#slots) slot.close();
  }

  #next(): ConnectionSlot {
    this.#turn = (this.#turn + 1) % this.#slots.length;
    return this.#slots[this.#turn] as ConnectionSlot;
  }
}
