// Between the contract and etcd's messages: keys under a root, entries, comparisons, operations.

import type { Compare, Entry, Operation, Transaction } from '../coordination/coordination.ts';
import {
  COMPARE_TARGET,
  type CompareRequest,
  type KeyValue,
  type RequestOperation,
} from './messages.ts';

/** All keys of etcd begin at one zero byte, and a range to one zero byte has no end. */
const FIRST_KEY = '\0';
const NO_END = Uint8Array.of(0);

/** What every key of ours begins with in etcd, so that several installations may share a cluster. */
export class Root {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  key(key: string): string {
    return this.#root + key;
  }

  entry({ key, value, createRevision, modRevision, lease }: KeyValue): Entry {
    const entry = { key: this.without(key), value, createRevision, modRevision };
    return lease === 0n ? entry : { ...entry, lease };
  }

  without(key: string): string {
    return key.slice(this.#root.length);
  }

  /** Key and end of the range of all keys that begin with the prefix. */
  range(prefix: string): { key: string; rangeEnd: Uint8Array } {
    const whole = this.#root + prefix;
    if (whole === '') return { key: FIRST_KEY, rangeEnd: NO_END };
    const rangeEnd = new TextEncoder().encode(whole);
    // UTF-8 has no byte 255, so the last one can always be followed.
    rangeEnd[rangeEnd.length - 1] = (rangeEnd.at(-1) ?? 0) + 1;
    return { key: whole, rangeEnd };
  }

  transaction({ if: compares, then, else: otherwise = [] }: Transaction) {
    return {
      compare: compares.map((compare) => this.#compare(compare)),
      success: then.map((operation) => this.operation(operation)),
      failure: otherwise.map((operation) => this.operation(operation)),
    };
  }

  operation(operation: Operation): RequestOperation {
    const key = this.key(operation.key);
    if (operation.type === 'get') return { range: { key } };
    if (operation.type === 'delete') return { deleteRange: { key } };
    const { value, lease } = operation;
    return { put: { key, value, lease } };
  }

  #compare(compare: Compare): CompareRequest {
    const key = this.key(compare.key);
    if ('createRevision' in compare)
      return { key, target: COMPARE_TARGET.createRevision, createRevision: compare.createRevision };
    if ('modRevision' in compare)
      return { key, target: COMPARE_TARGET.modRevision, modRevision: compare.modRevision };
    return { key, target: COMPARE_TARGET.value, value: compare.value };
  }
}
