// Words of the command line as fields of a check.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCall } from '../cli/parse-call.ts';
import { probe } from './probe.ts';
import { fieldsOf } from './probe-options.ts';

test('roots of a trace are addresses with or without a port, of both versions', () => {
  const words = ['dns', 'a.test', '--trace'];
  const roots = ['192.0.2.1', '192.0.2.2:5353', '[2001:db8::1]:53', '2001:db8::2', 'nowhere'];
  for (const root of roots) words.push('--root', root);
  const call = parseCall(probe, words, {});
  assert.deepEqual(fieldsOf('dns', 'a.test', call), {
    trace: true,
    roots: [
      { name: '192.0.2.1', ip: '192.0.2.1' },
      { name: '192.0.2.2', ip: '192.0.2.2', port: 5353 },
      { name: '2001:db8::1', ip: '2001:db8::1', port: 53 },
      { name: '2001:db8::2', ip: '2001:db8::2' },
      { name: 'nowhere', ip: 'nowhere' },
    ],
  });
});
