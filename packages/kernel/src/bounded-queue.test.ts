import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BoundedQueue } from './bounded-queue.ts';

type Step = ['push', number] | ['shift'] | ['take', number];

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.constant('push' as const), fc.integer()) },
    { weight: 2, arbitrary: fc.tuple(fc.constant('shift' as const)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('take' as const), fc.nat(6)) },
  ),
  { maxLength: 200, size: 'max' },
);

/** The same queue as a plain array that forgets nothing it should keep. */
class ArrayQueue {
  items: number[] = [];
  shed = 0;
  readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  run(step: Step): unknown {
    if (step[0] === 'shift') return this.items.shift();
    if (step[0] === 'take') return this.items.splice(0, step[1]);
    this.items.push(step[1]);
    if (this.items.length <= this.capacity) return undefined;
    this.shed += 1;
    return this.items.shift();
  }
}

function run(queue: BoundedQueue<number>, step: Step): unknown {
  if (step[0] === 'shift') return queue.shift();
  if (step[0] === 'take') return queue.take(step[1]);
  return queue.push(step[1]);
}

test('a bounded queue behaves like an array that sheds its oldest', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), steps, (capacity, plan) => {
      const queue = new BoundedQueue<number>(capacity);
      const model = new ArrayQueue(capacity);
      for (const step of plan) {
        assert.deepEqual(run(queue, step), model.run(step));
        assert.equal(queue.size, model.items.length);
        assert.equal(queue.shed, model.shed);
      }
      assert.deepEqual(queue.take(Number.POSITIVE_INFINITY), model.items);
    }),
  );
});

test('a bounded queue holds undefined like any other item', () => {
  const queue = new BoundedQueue<number | undefined>(2);
  queue.push(undefined);
  queue.push(1);
  assert.equal(queue.size, 2);
  assert.deepEqual(queue.take(2), [undefined, 1]);
});

test('a bound that is no whole number of at least one is refused', () => {
  for (const capacity of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => new BoundedQueue(capacity), RangeError);
  }
});
