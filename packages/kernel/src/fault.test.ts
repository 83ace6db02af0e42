import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULTS, type FaultClass, type FaultCode, fault } from './fault.ts';

/** Spelled out as a record, so that the compiler keeps it equal to the type. */
const CLASSES: Record<FaultClass, true> = {
  name: true,
  connect: true,
  tls: true,
  timeout: true,
  protocol: true,
  refusal: true,
  server: true,
  assertion: true,
  prober: true,
};

const entries = Object.entries(FAULTS);

for (const [code, entry] of entries) {
  test(`${code} has a class, an HTTP status and a cure`, () => {
    assert.match(code, /^[A-Z]+(_[A-Z]+)*$/);
    assert.ok(Object.hasOwn(CLASSES, entry.class), `unknown class ${entry.class}`);
    assert.ok(entry.httpStatus >= 400 && entry.httpStatus <= 599);
    // A sentence of its own: a capital, a full stop, no line break.
    assert.match(entry.cure, /^[A-Z].{10,}\.$/);
  });
}

test('every one of the nine classes has a code', () => {
  const used = new Set(entries.map(([, entry]) => entry.class));
  assert.deepEqual([...used].sort(), Object.keys(CLASSES).sort());
});

test('a fault takes the catalogue’s entry, the facts of the case, and no field that is not there', () => {
  assert.deepEqual(fault('CONNECT_REFUSED', '127.0.0.1:1 refused the connection'), {
    class: 'connect',
    code: 'CONNECT_REFUSED',
    httpStatus: 503,
    message: '127.0.0.1:1 refused the connection',
    cure: FAULTS.CONNECT_REFUSED.cure,
  });
});

test('a fault carries its phase and a better cure when they are known', () => {
  const one = fault('TIMEOUT', 'No answer within 2 s', 'wait', 'Ask less of /slow.');
  assert.equal(one.phase, 'wait');
  assert.equal(one.cure, 'Ask less of /slow.');
});

test('every code of the catalogue can be raised', () => {
  for (const [code] of entries) assert.equal(fault(code as FaultCode, 'x').code, code);
});
