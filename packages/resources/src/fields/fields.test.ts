// The fields that hold more than a word: durations, sizes, statuses, patterns, blocks of addresses.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type * as z from 'zod';
import { byteSize, byteSizeField } from './byte-size.ts';
import { addressField, smtpServerField, webhookUrlField } from './channel-fields.ts';
import { cidrField } from './cidr-field.ts';
import { demand, readDemand } from './demand.ts';
import { durationField, durationMs } from './duration-field.ts';
import { headersField } from './header-field.ts';
import { nameField } from './name-fields.ts';
import { patternField } from './pattern-field.ts';
import { statusCodeField, statusField, statusRanges } from './status-field.ts';

function assertHolds(schema: z.ZodType, values: readonly unknown[]): void {
  for (const value of values) assert.ok(schema.safeParse(value).success, JSON.stringify(value));
}

/** Every refusal must carry our own words. */
function assertRefuses(schema: z.ZodType, values: readonly unknown[]): void {
  for (const value of values) {
    const { error } = schema.safeParse(value);
    assert.ok(error !== undefined, JSON.stringify(value));
    const messages = error.issues.flatMap((issue) =>
      issue.code === 'invalid_key' ? issue.issues.map(({ message }) => message) : [issue.message],
    );
    for (const message of messages) assert.match(message, / — \S/);
  }
}

test('a demand is taken apart as it was put together', () => {
  const text = fc.string().filter((one) => !one.includes(' — '));
  fc.assert(
    fc.property(text, text, (message, hint) => {
      assert.deepEqual(readDemand(demand(message, hint)), { message, hint });
    }),
  );
});

describe('durations', () => {
  const field = durationField({ minMs: 1_000, maxMs: 60_000, text: '1s to 60s' }, '5s');
  test('texts, and bare numbers of seconds', () => {
    assertHolds(field, ['1s', '60s', '1m', '30', 1, 1.5, '1500ms', 60]);
    assertRefuses(field, [
      '999ms',
      '61s',
      0,
      -1,
      '',
      'soon',
      '5 minutes',
      true,
      null,
      [],
      {},
      Number.NaN,
    ]);
    assert.equal(durationMs('1m30s'), 90_000);
    assert.equal(durationMs(2.5), 2_500);
  });
});

describe('sizes', () => {
  test('decimal and binary units', () => {
    assert.equal(byteSize('1MiB'), 1_048_576);
    assert.equal(byteSize('500kB'), 500_000);
    assert.equal(byteSize('1.5 KiB'), 1_536);
    assert.equal(byteSize(77), 77);
    assert.equal(byteSize('1 mebibyte'), undefined);
    assertRefuses(byteSizeField(1024, '1KiB'), [0, -5, 1025, '2KiB', 'big', true]);
  });
});

describe('statuses', () => {
  test('single ones, classes, ranges, lists, any', () => {
    assert.deepEqual(statusRanges(200), [{ from: 200, to: 200 }]);
    assert.deepEqual(statusRanges('2xx'), [{ from: 200, to: 299 }]);
    assert.deepEqual(statusRanges('200-204'), [{ from: 200, to: 204 }]);
    assert.deepEqual(statusRanges(['3XX', 404]), [
      { from: 300, to: 399 },
      { from: 404, to: 404 },
    ]);
    assert.deepEqual(statusRanges('any'), []);
    assert.deepEqual(statusRanges([200, 'any']), []);
    assertRefuses(statusField, [0, 99, 600, 200.5, '0xx', '299-200', [], 'ok', true, {}]);
  });

  test('any status of the protocol is one, and nothing beyond', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 2000 }), (status) => {
        assert.equal(statusField.safeParse(status).success, status >= 100 && status <= 599);
      }),
    );
  });

  test('the older code knows 0 as any', () => assertHolds(statusCodeField, [0, 200, [0]]));
});

describe('names', () => {
  test('friendly, but quiet', () => {
    assertHolds(nameField, ['a', 'checkout-api', 'Orders API v1.2', '支付', 'é_1', 'x'.repeat(64)]);
    assertRefuses(nameField, [
      '',
      ' a',
      'a ',
      'a/b',
      'a\nb',
      '-a',
      'a:b',
      '\u202Ea',
      'x'.repeat(65),
      1,
    ]);
  });
});

describe('patterns', () => {
  test('RE2 only', () => {
    assertHolds(patternField, ['', 'ok|fine', '(?i)OK', '\\bword\\b', '[[:alpha:]]']);
    assertRefuses(patternField, [
      '(',
      '(?=a)',
      '(?<!a)b',
      '(a)\\1',
      '*',
      'a{2000}',
      'x'.repeat(1001),
      5,
    ]);
  });
});

describe('headers', () => {
  test('cannot forge further headers', () => {
    assertHolds(headersField, [{}, { Accept: 'a/b, c' }, { 'X-A': `\${env:A} \${file:/b}` }]);
    assertRefuses(headersField, [
      { 'A b': 'x' },
      { A: 'x\r\nB: y' },
      { A: 'x\0' },
      { A: 'a', a: 'b' },
      { A: `\${uuid}` },
      { A: `\${env:` },
    ]);
  });
});

describe('blocks of addresses', () => {
  test('both versions', () => {
    assertHolds(cidrField, [
      '10.0.0.0/8',
      '0.0.0.0/0',
      '127.0.0.1/32',
      '::/0',
      'fd00::/8',
      '::1/128',
    ]);
    assertRefuses(cidrField, [
      '10.0.0.0',
      '10.0.0.0/33',
      '::/129',
      'a/8',
      '10.0.0.0/-1',
      '10.0.0.0/8 ',
      'fe80::1%eth0/64',
    ]);
  });
});

describe('channels', () => {
  test('addresses, with placeholders anywhere', () => {
    assertHolds(webhookUrlField, [
      'https://h.example/x',
      `\${env:HOOK}`,
      `https://h.example/\${file:/run/token}`,
    ]);
    assertRefuses(webhookUrlField, [
      'h.example/x',
      'ftp://h.example',
      'https://',
      `\${ENV:HOOK}`,
      'https://h.example:0/',
    ]);
    assertHolds(smtpServerField, ['smtp://h.example', `smtps://me:\${env:PASSWORD}@h.example:465`]);
    assertRefuses(smtpServerField, ['h.example:25', 'http://h.example', 'smtp://']);
    assertHolds(addressField, ['a@b.example', 'On Call <a@b.example>']);
    assertRefuses(addressField, ['a', '@', 'a@b\nBcc: c@d', 'a@b, c@d', '']);
  });
});
