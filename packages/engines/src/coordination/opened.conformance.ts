// What all parts of the conformance suite stand on: how a store is opened, how transactions are said
// short, and how a watch is read within a bounded time.

import { type ErrorCode, HoldfastError, systemClock } from '@holdfast/kernel';
import type { Coordination, Operation, Transaction, WatchItem } from './coordination.ts';

const PATIENCE_MS = 10_000;

export interface OpenedCoordination {
  coordination: Coordination;
  /** Another client of the same store; closing it leaves the store and the first one alone. */
  second(): Promise<Coordination>;
  /** `revision` becomes the oldest that can be listed at. Nobody else may need older ones. */
  compact(revision: bigint): Promise<void>;
  /** Not in use by anybody else. */
  prefix: string;
  /** Lets go of all clients and of what they left behind. */
  close(): Promise<void>;
}

export type Open = () => Promise<OpenedCoordination>;
export type Body = (opened: OpenedCoordination) => Promise<void>;

export async function withStore(open: Open, body: Body): Promise<void> {
  const opened = await open();
  try {
    await body(opened);
  } finally {
    await opened.close();
  }
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function put(key: string, value = 'x', lease?: bigint): Operation {
  return { type: 'put', key, value: bytes(value), ...(lease === undefined ? {} : { lease }) };
}

/** Without conditions. */
export function always(...operations: Operation[]): Transaction {
  return { if: [], then: operations };
}

export function isCode(code: ErrorCode) {
  return (error: unknown) =>
    error instanceof HoldfastError && error.code === code && error.cure.length > 0;
}

/** Signs of life left out. Fewer than `count` when it took too long. */
export async function watched(
  coordination: Coordination,
  prefix: string,
  from: bigint,
  count: number,
): Promise<WatchItem[]> {
  const items: WatchItem[] = [];
  if (count === 0) return items;
  const ended = new AbortController();
  const limit = systemClock.after(PATIENCE_MS, () => ended.abort());
  try {
    for await (const item of coordination.watch(prefix, from, ended.signal)) {
      if (item.changes.length > 0) items.push(item);
      if (items.length >= count) break;
    }
  } finally {
    limit.cancel();
    ended.abort();
  }
  return items;
}
