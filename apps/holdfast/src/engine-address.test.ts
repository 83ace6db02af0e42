import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHoldfastError } from '@holdfast/kernel';
import { parseCoordination, parseEvents, parseResults } from './engine-address.ts';

const refused = (work: () => unknown, pattern: RegExp) =>
  assert.throws(work, (error) => {
    assert.ok(isHoldfastError(error) && error.code === 'USAGE');
    assert.match(error.message, pattern);
    return true;
  });

test('several etcd endpoints, credentials and TLS files are read, and only addresses shown', () => {
  assert.deepEqual(parseCoordination('etcd://a,etcd://ada:s%40cret@b:1234'), {
    engine: 'etcd',
    endpoints: ['http://a:2379', 'http://b:1234'],
    user: 'ada',
    password: 's@cret',
    shownAs: 'etcd://a:2379,etcd://b:1234',
  });
  assert.deepEqual(parseCoordination('etcds://[::1]:2379?ca=ca.pem&connections=4'), {
    engine: 'etcd',
    endpoints: ['https://[::1]:2379'],
    ca: 'ca.pem',
    connections: 4,
    shownAs: 'etcds://[::1]:2379',
  });
  assert.deepEqual(parseCoordination('embedded'), { engine: 'embedded', shownAs: 'embedded' });
});

test('Redis and PostgreSQL are shown without their passwords', () => {
  assert.equal(parseEvents('redis://:pw@r:6379/2').shownAs, 'redis://r:6379/2');
  assert.equal(parseResults('postgres://u:pw@p/holdfast').shownAs, 'postgres://p/holdfast');
  assert.deepEqual(parseResults('sqlite:/var/x.db'), {
    engine: 'sqlite',
    path: '/var/x.db',
    shownAs: 'sqlite:/var/x.db',
  });
});

test('what is meant otherwise is refused without repeating a password', () => {
  for (const text of ['', 'zookeeper://u:pw@a', 'etcd//a', 'etcd://a,etcds://b', 'etcd://'])
    refused(() => parseCoordination(text), /^(?!.*pw).*--coordination/);
  refused(() => parseCoordination('etcd://a?connections=0'), /connections=0/);
  refused(() => parseEvents('kafka://u:pw@k'), /^(?!.*pw).*--events/);
  for (const text of ['mysql://u:pw@m', 'sqlite:', 'postgres'])
    refused(() => parseResults(text), /^(?!.*pw).*--results/);
});
