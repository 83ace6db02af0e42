import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from '@holdfast/kernel/fake';
import { DescriptorCache, LIFETIME_MS } from './descriptor-cache.ts';

test('what was found is kept for its lifetime', () => {
  const clock = new SimulatedClock();
  const cache = new DescriptorCache<string>();
  cache.set('a', 'found', 10, clock);
  clock.advance(LIFETIME_MS - 1);
  assert.equal(cache.get('a', clock), 'found');
  clock.advance(1);
  assert.deepEqual([cache.get('a', clock), cache.size], [undefined, 0]);
});

test('bounded in number and in bytes; what was kept longest goes first', () => {
  const clock = new SimulatedClock();
  const cache = new DescriptorCache<number>();
  for (let at = 0; at < 300; at += 1) cache.set(`key ${at}`, at, 10, clock);
  assert.deepEqual([cache.size, cache.get('key 43', clock)], [256, undefined]);
  assert.equal(cache.get('key 44', clock), 44);
  for (let at = 0; at < 10; at += 1) cache.set(`large ${at}`, at, 4 * 1024 * 1024, clock);
  assert.equal(cache.size, 4);
  cache.set('large 9', 1, 1, clock);
  cache.set('one more', 1, 4 * 1024 * 1024 - 1, clock);
  assert.equal(cache.size, 5);
});
