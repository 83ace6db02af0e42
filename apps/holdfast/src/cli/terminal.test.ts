import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printable, wrapped } from './terminal.ts';

test('a text is broken between words, loses none, and no line that has a break is too long', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1 }),
      fc.integer({ min: 40, max: 120 }),
      fc.nat(15),
      (words, breakAt, indent) => {
        const text = words.join(' ');
        const lines = wrapped({ breakAt }, text, indent).split('\n');
        const plain = lines.map((line, at) => (at === 0 ? line : line.slice(indent)));
        assert.equal(plain.join(' '), text);
        for (const line of plain)
          assert.ok(!line.includes(' ') || line.length <= Math.max(20, breakAt - indent));
      },
    ),
  );
  assert.equal(
    wrapped({}, 'for programs all stays on one line '.repeat(9), 4).includes('\n'),
    false,
  );
});

test('what steers a terminal is shown, never sent', () => {
  assert.equal(printable('\u001b[31mred\u0007\r\n'), '\\u001b[31mred\\u0007\\u000d\\u000a');
  assert.equal(printable('ab\u202ecd'), 'ab\\u202ecd');
  assert.equal(printable('größer → 雪'), 'größer → 雪');
});
