import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEventHub, type NumberedEvent } from './event-hub.ts';

test('a page that comes back gets exactly what it missed', () => {
  const hub = createEventHub();
  const seen: NumberedEvent[] = [];
  const stop = hub.listen((event) => seen.push(event));
  hub.publish({ type: 'checks' });
  stop();
  hub.publish({ type: 'config' });
  hub.publish({ type: 'checks' });
  hub.listen((event) => seen.push(event), seen.at(-1)?.id);
  assert.deepEqual(
    seen.map(({ event }) => event.type),
    ['checks', 'config', 'checks'],
  );
});

test('one that was away too long, or knew another server, is told to start over', () => {
  const hub = createEventHub();
  for (let count = 0; count < 2_005; count += 1) hub.publish({ type: 'checks' });
  for (const stale of [1, 999_999]) {
    const seen: string[] = [];
    hub.listen(({ event }) => seen.push(event.type), stale);
    assert.deepEqual(seen, ['reset']);
  }
});

test('a page that missed nothing is told nothing', () => {
  const hub = createEventHub();
  hub.publish({ type: 'checks' });
  const seen: NumberedEvent[] = [];
  hub.listen((event) => seen.push(event), 1);
  assert.deepEqual(seen, []);
  assert.equal(hub.listeners, 1);
});
