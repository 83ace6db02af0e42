import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseListenAddress } from './listen-address.ts';

test('host and port are read in every usual form', () => {
  assert.deepEqual(parseListenAddress('127.0.0.1:7070'), {
    host: '127.0.0.1',
    port: 7070,
    loopback: true,
  });
  assert.deepEqual(parseListenAddress('[::1]:80'), { host: '::1', port: 80, loopback: true });
  assert.deepEqual(parseListenAddress(':0'), { host: '127.0.0.1', port: 0, loopback: true });
  assert.deepEqual(parseListenAddress('8080'), { host: '127.0.0.1', port: 8080, loopback: true });
  assert.deepEqual(parseListenAddress('0.0.0.0:7070'), {
    host: '0.0.0.0',
    port: 7070,
    loopback: false,
  });
  assert.equal(parseListenAddress('localhost:1').loopback, true);
});

test('what is no address is refused with the cure', () => {
  for (const text of ['', 'host', '127.0.0.1:', '127.0.0.1:70000', '::1:80', 'a:b:80']) {
    assert.throws(() => parseListenAddress(text), { code: 'USAGE' });
  }
});
