import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Terminal } from '../cli/terminal.ts';
import { sampleResult } from '../testing/sample.ts';
import { resolutionTable } from './resolution-table.ts';

const terminal: Terminal = {
  out: () => {},
  error: () => {},
  columns: 80,
  colour: false,
  unicode: true,
};

function table(chain: unknown, columns = 80): string[] {
  const detail = chain === undefined ? {} : { resolution_chain: chain };
  return resolutionTable(sampleResult({ kind: 'dns', detail }), { ...terminal, columns });
}

const STEPS = [
  {
    zone: '.',
    server: 'a.root-servers.net.',
    ip: '198.41.0.4',
    time_ms: 12.25,
    kind: 'referral',
    to: 'test.',
    names: ['ns.test.'],
  },
  { zone: 'test.', server: 'ns.test.', time_ms: 2000, kind: 'fault', code: 'TIMEOUT' },
  {
    zone: 'test.',
    server: `${'very-'.repeat(12)}long.test.`,
    ip: '2001:db8:1234:5678:9abc:def0:1234:5678',
    time_ms: 3,
    rcode: 'NOERROR',
    kind: 'cname',
    names: [`${'alias-'.repeat(9)}.test.`],
    secure: true,
  },
  { zone: 'test.', server: 'ns2.test.', ip: '::1', time_ms: 1, rcode: 'NXDOMAIN', kind: 'nodata' },
];

test('one line for each server asked, none wider than the terminal', () => {
  const lines = table(STEPS);
  assert.equal(lines.length, 2 + STEPS.length);
  for (const line of lines) assert.ok(line.length <= 80, line);
  assert.deepEqual(lines.slice(0, 4), [
    '',
    '  zone           server               address              ms answer',
    '  .              a.root-servers.net.  198.41.0.4        12.25 → test.',
    '  test.          ns.test.                                2000 TIMEOUT',
  ]);
  assert.match(lines[5] ?? '', /NXDOMAIN$/);
});

test('what is no chain is no table', () => {
  for (const chain of [undefined, [], 'text', 7, null, [null, 1]])
    assert.deepEqual(table(chain), []);
  assert.equal(table([{}]).length, 3);
});
