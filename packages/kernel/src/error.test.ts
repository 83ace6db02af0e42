import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERRORS, HoldfastError, isHoldfastError } from './error.ts';

for (const [code, entry] of Object.entries(ERRORS)) {
  test(`${code} has an exit code, an HTTP status and a meaning`, () => {
    assert.match(code, /^[A-Z]+(_[A-Z]+)*$/);
    assert.ok([1, 2, 3].includes(entry.exitCode));
    assert.ok(entry.httpStatus >= 400 && entry.httpStatus <= 599);
    assert.match(entry.meaning, /^[A-Z].+\.$/);
  });
}

test('an error carries code, what happened, cure and cause', () => {
  const cause = new Error('EADDRINUSE');
  const error = new HoldfastError('LISTEN_FAILED', 'Port 7070 is taken', 'Use --listen.', cause);
  assert.equal(error.name, 'HoldfastError');
  assert.equal(error.code, 'LISTEN_FAILED');
  assert.equal(error.message, 'Port 7070 is taken');
  assert.equal(error.cure, 'Use --listen.');
  assert.equal(error.cause, cause);
});

test('without a cause there is no cause', () => {
  assert.equal('cause' in new HoldfastError('INTERNAL', 'x', 'y'), false);
});

test('a structured clone is no HoldfastError any more, as its documentation warns', () => {
  assert.equal(isHoldfastError(structuredClone(new HoldfastError('USAGE', 'x', 'y'))), false);
});

test('it is known by its shape, also from another copy of this package', () => {
  const foreign = Object.assign(new Error('x'), {
    name: 'HoldfastError',
    code: 'USAGE',
    cure: 'y',
  });
  assert.ok(isHoldfastError(foreign));
  assert.ok(isHoldfastError(new HoldfastError('USAGE', 'x', 'y')));
  const ofTheSystem = Object.assign(new Error('x'), { code: 'ENOENT' });
  for (const other of [
    ofTheSystem,
    new Error('x'),
    { name: 'HoldfastError', code: 'USAGE' },
    undefined,
    'x',
  ]) {
    assert.equal(isHoldfastError(other), false);
  }
});
