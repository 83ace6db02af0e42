import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@holdfast/kernel';
import { createLogger, type LogOptions } from './log.ts';

function logged(options: Partial<LogOptions>): {
  lines: string[];
  log: ReturnType<typeof createLogger>;
} {
  const lines: string[] = [];
  const log = createLogger({
    clock: systemClock,
    level: 'info',
    format: 'json',
    colour: false,
    write: (line) => lines.push(line),
    ...options,
  });
  return { lines, log };
}

test('a JSON line carries level, message, fields and timestamp_ms', () => {
  const { lines, log } = logged({});
  log.with({ trace_id: 'abc' }).warn('agent restarted', { attempt: 2 });
  const line = JSON.parse(lines[0] ?? '');
  assert.equal(line.level, 'warn');
  assert.equal(line.message, 'agent restarted');
  assert.equal(line.trace_id, 'abc');
  assert.equal(line.attempt, 2);
  assert.ok(Math.abs(line.timestamp_ms - Date.now()) < 5_000);
});

test('fields that can hold credentials are blotted out, one level down too', () => {
  const { lines, log } = logged({});
  log.info('sent', { authorization: 'Bearer hunter2', headers: { cookie: 'hunter2' } });
  assert.doesNotMatch(lines.join(''), /hunter2/);
});

test('the text form is one line for a person, and lower levels stay silent', () => {
  const { lines, log } = logged({ format: 'text' });
  log.debug('unseen');
  log.info('listening', { url: 'http://127.0.0.1:7070', note: 'two words' });
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /info {2}listening url=http:\/\/127.0.0.1:7070 note="two words"\n$/);
});

test('an error is told with its message, code, cure and causes', () => {
  const { lines, log } = logged({});
  const cause = new Error('connection refused');
  const error = Object.assign(new Error('etcd is away', { cause }), {
    code: 'X',
    cure: 'Start it.',
  });
  log.warn('Failed.', { error });
  log.warn('Failed.', { error: 'a text' });
  assert.deepEqual(JSON.parse(lines[0] ?? '').error, {
    name: 'Error',
    code: 'X',
    message: 'etcd is away',
    cure: 'Start it.',
    cause: { name: 'Error', message: 'connection refused' },
  });
  assert.equal(JSON.parse(lines[1] ?? '').error, 'a text');
});
