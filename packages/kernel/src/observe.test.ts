import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger, silentMeter, silentTracer } from './observe.ts';

test('the silent forms take everything and say nothing', () => {
  const logger = silentLogger.with({ check: 'website' });
  assert.equal(logger, silentLogger);
  for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level]('x', { a: 1 });
  silentMeter.counter('c', 'help').add(1);
  silentMeter.gauge('g', 'help', ['a']).set(1, { a: 'b' });
  silentMeter.histogram('h', 'help', [1, 2]).observe(1);
  const span = silentTracer.start('probe', { a: 1 });
  span.set({ b: 2 });
  span.end(new Error('x'));
  assert.equal(span.traceparent, '');
});
