import assert from 'node:assert/strict';
import { test } from 'node:test';
import { probeOnce, tcpCheck } from '../testing/checks.ts';
import { deafPort } from '../testing/deaf-port.ts';
import { rawServer } from '../testing/raw-server.ts';

test('an open port is up, with its address and what the kernel saw', async () => {
  const server = await rawServer(() => {});
  const { status, detail, phases, context, totalMs } = await probeOnce(
    tcpCheck('127.0.0.1', server.port),
  );
  await server.close();
  assert.deepEqual([status, detail], ['up', { ip: '127.0.0.1', port: server.port }]);
  assert.deepEqual(
    phases.map(({ name }) => name),
    ['connect'],
  );
  assert.deepEqual(
    [context.peerIp, context.peerPort, context.sourceIp, context.ipVersion, context.addresses],
    ['127.0.0.1', server.port, '127.0.0.1', 4, ['127.0.0.1']],
  );
  assert.ok((phases[0]?.durationMs ?? Infinity) <= totalMs);
});

test('a name is resolved first', async () => {
  const server = await rawServer(() => {});
  const { status, phases } = await probeOnce(tcpCheck('localhost', server.port));
  await server.close();
  assert.equal(status, 'up');
  assert.deepEqual(
    phases.map(({ name }) => name),
    ['resolve', 'connect'],
  );
});

test('a name that does not exist', async () => {
  const { status, fault, phases, context } = await probeOnce(tcpCheck('nothing.invalid', 80), {
    lookup: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
  });
  assert.deepEqual([status, fault?.code, fault?.phase], ['down', 'NAME_NOT_FOUND', 'resolve']);
  assert.deepEqual([phases.map(({ name }) => name), context.addresses], [['resolve'], undefined]);
});

test('a closed port is refused, and the address is named', async () => {
  const server = await rawServer(() => {});
  await server.close();
  const { fault } = await probeOnce(tcpCheck('127.0.0.1', server.port));
  assert.equal(fault?.code, 'CONNECT_REFUSED');
  assert.match(
    fault?.message ?? '',
    new RegExp(`127\\.0\\.0\\.1:${server.port}: connection refused`),
  );
});

test('a host that never answers', async () => {
  const deaf = await deafPort();
  const { status, fault } = await probeOnce(tcpCheck('127.0.0.1', deaf.port, 300));
  await deaf.close();
  assert.deepEqual([status, fault?.code, fault?.phase], ['timeout', 'TIMEOUT', 'connect']);
});
