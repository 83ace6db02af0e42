import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareOf } from '../fields/share-field.ts';
import { readDnsName } from './dns-target.ts';
import { readHost, readHostAndPort } from './host-and-port.ts';

test('hosts and ports, with and without a default', () => {
  const read = (text: string, defaultPort?: number) => {
    const reading = readHostAndPort(text, 'x:1', defaultPort);
    return reading.ok ? `${reading.host} ${reading.port} ${reading.portWritten}` : undefined;
  };
  assert.equal(read('a.example:22'), 'a.example 22 true');
  assert.equal(read('a.example'), undefined);
  assert.equal(read('a.example', 53), 'a.example 53 false');
  assert.equal(read('::1', 53), '::1 53 false');
  assert.equal(read('[::1]', 53), '::1 53 false');
  assert.equal(read('[::1]:5', 53), '::1 5 true');
  for (const bad of ['', ':5', '[x]:5', 'a:0', 'a:65536', 'me@a:5', 'a/b:5', 'a:b'])
    assert.equal(read(bad, 53), undefined, bad);
  assert.ok(readHost('::1', 'x').ok);
  assert.ok(!readHost('a:5', 'x').ok);
});

test('names that can be looked up', () => {
  const ok = (text: string) => readDnsName(text).ok;
  const label = 'a'.repeat(63);
  assert.ok(ok(label) && ok(`_sip._tcp.${label}`) && ok('*.a') && ok('.') && ok('a.'));
  assert.ok(ok(`${label}.${label}.${label}.${'a'.repeat(61)}`));
  for (const bad of ['', '..', '.a', 'a..b', `${label}a`, 'a:53', 'fe80::1%eth0', 'a\\b'])
    assert.ok(!ok(bad), bad);
  assert.ok(!ok(`${label}.${label}.${label}.${'a'.repeat(62)}`));
});

test('shares as numbers and percentages', () => {
  assert.deepEqual(
    [0, 1, 0.2, '20%', '0%', '100 %', '12.5%'].map(shareOf),
    [0, 1, 0.2, 0.2, 0, 1, 0.125],
  );
  for (const bad of [-0.1, 1.1, '101%', '20', '-1%', '', '%', Number.NaN])
    assert.equal(shareOf(bad), undefined, String(bad));
});
