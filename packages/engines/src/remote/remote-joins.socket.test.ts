import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { test } from 'node:test';
import { silentLogger, sleep, systemChance, systemClock } from '@holdfast/kernel';
import type { Coordination } from '../coordination/coordination.ts';
import { KEYS } from '../coordination/keys.ts';
import { always, bytes, isCode, put } from '../coordination/opened.conformance.ts';
import { openEmbeddedCoordination } from '../embedded/open-embedded.ts';
import { openMirror } from '../mirror/mirror.ts';
import { startCoordinationServer } from '../testing/coordination-server.ts';
import { makeCertificates } from '../testing/made-certificates.ts';
import { openRemoteCoordination } from './remote-coordination.ts';
import { SAMPLE_SCOPES, sampleFleet } from './sample-fleet.ts';
import { createServerCalls } from './server-calls.ts';

const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
const prefix = KEYS.configurations('shop');

function mirrorOf(coordination: Coordination) {
  const decode = ({ value }: { value: Uint8Array }) => new TextDecoder().decode(value);
  return openMirror({ ...parts, coordination, prefix, decode });
}

test('a mirror through servers that come and go equals one at the engine', async (context) => {
  const { engine, servers, join } = await sampleFleet(context, 2);
  const mirrors = [mirrorOf(engine), mirrorOf(join('reader')), mirrorOf(join('reader'))] as const;
  context.after(() => Promise.all(mirrors.map((mirror) => mirror.close())));
  await Promise.all(mirrors.map(({ ready }) => ready));
  for (let write = 0; write < 300; write += 1) {
    const name = `${prefix}${write % 40}`;
    const other = `${prefix}${(write * 7) % 40}`;
    const second = other === name ? [] : [{ type: 'delete', key: other } as const];
    await engine.txn(always(put(name, `${write}`), ...second));
    const server = servers[Math.floor(write / 50) % 2];
    if (write % 50 === 10) await server?.kill();
    if (write % 50 === 30) await server?.restart();
    if (write % 10 === 0) await sleep(systemClock, 5);
  }
  const { revision } = await engine.txn(always(put(`${prefix}end`)));
  const deadlineMs = systemClock.nowMs() + 10_000;
  while (mirrors.some((mirror) => (mirror.applied()?.revision ?? 0n) < revision)) {
    assert.ok(systemClock.nowMs() < deadlineMs, 'a mirror never caught up');
    await sleep(systemClock, 10);
  }
  const digests = new Set(mirrors.map((mirror) => mirror.applied()?.digest));
  assert.equal(digests.size, 1);
});

test('over TLS the authority that is named vouches, and nobody else', async (context) => {
  const folder = await mkdtemp(joinPath(tmpdir(), 'holdfast-remote-'));
  context.after(() => rm(folder, { recursive: true }));
  const files = await makeCertificates(folder, '127.0.0.1');
  const read = (path: string) => readFile(path, 'utf8');
  const [ca, cert, key] = [await read(files.ca), await read(files.cert), await read(files.key)];
  const engine = await openEmbeddedCoordination(parts);
  const tls = { cert, key };
  const server = await startCoordinationServer({
    coordination: engine,
    scopes: SAMPLE_SCOPES,
    tls,
  });
  const options = { ...parts, servers: [server.url], token: 'shop', callTimeoutMs: 1_000 };
  const [trusting, strange] = [
    openRemoteCoordination({ ...options, ca }),
    openRemoteCoordination(options),
  ];
  context.after(async () => {
    await Promise.all([trusting.close(), strange.close()]);
    await server.close();
    await engine.close();
  });
  const color = KEYS.configuration('shop', 'color');
  await trusting.txn(always(put(color, 'red')));
  assert.deepEqual((await trusting.get(color))?.value, bytes('red'));
  for await (const item of trusting.watch(prefix, 1n, new AbortController().signal))
    if (item.changes.length > 0) break;
  await assert.rejects(strange.txn(always(put(color, 'blue'))), isCode('COORDINATION_FAILED'));
  assert.equal(server.requests.get('txn'), 1, 'nothing was sent to who could not be trusted');
});

test('other calls to the same servers tell their errors as they are', async (context) => {
  const { servers } = await sampleFleet(context, 2);
  const urls = servers.map(({ url }) => url);
  const calls = createServerCalls({ ...parts, servers: urls, token: 'shop', callTimeoutMs: 300 });
  context.after(() => calls.close());
  const repeatable = { repeatable: true };
  const facts = await calls.call('api/v1/coordination/facts', {}, repeatable);
  assert.ok(typeof facts === 'object' && facts !== null && 'cluster' in facts);
  await assert.rejects(calls.call('api/v1/coordination/x', {}, repeatable), isCode('NOT_FOUND'));
  await servers[0]?.kill();
  const patient = { repeatable: true, answerMs: 5_000 };
  assert.ok(await calls.call('api/v1/coordination/facts', {}, patient));
  await servers[1]?.kill();
  const away = calls.call('api/v1/coordination/facts', {}, repeatable);
  await assert.rejects(away, isCode('SERVER_UNREACHABLE'));
  const signal = AbortSignal.timeout(5_000);
  await assert.rejects(calls.open('api/v1/x', {}, signal), isCode('SERVER_UNREACHABLE'));
});
