import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { blockHolds, parseIpAddress, parseIpBlock } from './ip-address.ts';

const hex = (text: string) => Buffer.from(parseIpAddress(text)?.bytes ?? []).toString('hex');

test('reads every spelling of an address', () => {
  assert.equal(hex('10.1.2.255'), '0a0102ff');
  assert.equal(hex('::'), '0'.repeat(32));
  assert.equal(hex('::1'), `${'0'.repeat(31)}1`);
  assert.equal(hex('2001:db8::ff00:42:8329'), '20010db8000000000000ff0000428329');
  assert.equal(hex('fe80::1%eth0'), 'fe800000000000000000000000000001');
  assert.equal(hex('64:ff9b::1.2.3.4'), '0064ff9b000000000000000001020304');
  assert.deepEqual(parseIpAddress('example.test'), undefined);
  assert.deepEqual(parseIpAddress('1.2.3'), undefined);
});

test('IPv4 written as IPv6 is the IPv4 address', () => {
  assert.deepEqual(parseIpAddress('::ffff:1.2.3.4'), parseIpAddress('1.2.3.4'));
  assert.deepEqual(parseIpAddress('::FFFF:0102:0304'), parseIpAddress('1.2.3.4'));
});

test('reads blocks and refuses what is none', () => {
  assert.equal(parseIpBlock('10.0.0.0/8')?.prefixBits, 8);
  assert.equal(parseIpBlock('10.0.0.1')?.prefixBits, 32);
  assert.equal(parseIpBlock('::ffff:10.0.0.0/104')?.prefixBits, 8);
  for (const text of [
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    'x/8',
    '1.2.3.4/-1',
    '::ffff:1.2.3.4/90',
  ]) {
    assert.equal(parseIpBlock(text), undefined, text);
  }
});

test('a block holds exactly the addresses that share its prefix', () => {
  const byte = fc.nat({ max: 255 });
  const address = fc.tuple(byte, byte, byte, byte);
  const number = (bytes: readonly number[]) => bytes.reduce((sum, part) => sum * 256 + part, 0);
  fc.assert(
    fc.property(address, address, fc.nat({ max: 32 }), (base, other, bits) => {
      const block = parseIpBlock(`${base.join('.')}/${bits}`);
      const ip = parseIpAddress(other.join('.'));
      const size = 2 ** (32 - bits);
      const same = Math.floor(number(base) / size) === Math.floor(number(other) / size);
      assert.equal(block && ip && blockHolds(block, ip), same);
    }),
  );
});
