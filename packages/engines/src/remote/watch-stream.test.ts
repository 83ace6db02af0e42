import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastError } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { WatchItem } from '../coordination/coordination.ts';
import { STALLED_MS, WatchStream } from './watch-stream.ts';

const KEY_VALUE_BYTES = 8 * 1024;

/** Transactions without end, as fast as they are taken. */
class Source {
  told = 0;
  ended = false;

  async *open(signal: AbortSignal): AsyncGenerator<WatchItem> {
    const value = new Uint8Array(KEY_VALUE_BYTES);
    try {
      while (!signal.aborted) {
        this.told += 1;
        const revision = BigInt(this.told);
        const entry = { key: 'k', value, createRevision: 1n, modRevision: revision };
        yield { cluster: 'c', revision, changes: [{ type: 'put', entry }] };
      }
    } finally {
      this.ended = true;
    }
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function streamOf(source: Source, clock: SimulatedClock, signal = new AbortController().signal) {
  return new WatchStream({ open: (ended) => source.open(ended), only: undefined, clock, signal });
}

test('no more is taken from the engine than the reader takes', async () => {
  const [source, clock] = [new Source(), new SimulatedClock()];
  const stream = streamOf(source, clock);
  stream.once('readable', () => {});
  await turns();
  const waiting = source.told;
  assert.ok(waiting > 0 && waiting < 20, `${waiting} transactions wait`);
  for (let taken = 0; taken < 100; )
    taken += String(stream.read() ?? '').split('\n').length - 1 || (await oneTurn());
  assert.ok(source.told > waiting);
  stream.destroy();
  await turns();
  assert.equal(source.ended, true);
  assert.equal(clock.pending, 0);
});

async function oneTurn(): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  return 0;
}

test('who takes nothing for long is cut off, and the engine is let go', async () => {
  const [source, clock] = [new Source(), new SimulatedClock()];
  const stream = streamOf(source, clock);
  stream.once('readable', () => {});
  await turns();
  clock.advance(STALLED_MS - 1);
  assert.equal(stream.destroyed, false);
  clock.advance(1);
  assert.equal(stream.destroyed, true);
  await turns();
  assert.equal(source.ended, true);
});

test('an abort ends it at once, before or in the middle', async () => {
  const [source, clock] = [new Source(), new SimulatedClock()];
  assert.equal(streamOf(source, clock, AbortSignal.abort()).destroyed, true);
  const abort = new AbortController();
  const stream = streamOf(source, clock, abort.signal);
  stream.once('readable', () => {});
  await turns();
  abort.abort();
  assert.equal(stream.destroyed, true);
});

test('an error is the last line, and a stranger to the reader says nothing of itself', async () => {
  const errors = [new HoldfastError('COMPACTED', 'gone', 'list'), new Error('innards')];
  for (const error of errors) {
    const stream = new WatchStream({
      // biome-ignore lint/correctness/useYield: it fails before it has anything
      open: async function* () {
        throw error;
      },
      only: undefined,
      clock: new SimulatedClock(),
      signal: new AbortController().signal,
    });
    const lines = (await stream.toArray()).join('').trim().split('\n');
    const last = JSON.parse(lines.at(-1) ?? '');
    assert.equal(last.error.code, error instanceof HoldfastError ? 'COMPACTED' : 'INTERNAL');
    assert.doesNotMatch(JSON.stringify(last), /innards/);
  }
});
