import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isHoldfastError, silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { event } from '../events/sample-events.ts';
import { ownLoopbackAddress } from '../testing/loopback.ts';
import { startRedis } from '../testing/redis-server.ts';
import { openRedisEvents } from './redis-events.ts';

const OPENSSL = 'openssl';
const AROUND = { clock: systemClock, chance: systemChance, logger: silentLogger };

test('over TLS, with the authority that is named, and not without', {
  timeout: 60_000,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-redis-tls-'));
  const host = await ownLoopbackAddress([6_379]);
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-days', '2'];
  const names = ['-subj', '/CN=redis', '-addext', `subjectAltName=IP:${host}`];
  const files = ['-keyout', key, '-out', certificate];
  execFileSync(OPENSSL, ['req', '-x509', ...curve, ...names, ...files], { stdio: 'ignore' });
  const server = await startRedis({ tls: { certificate, key, host } });
  try {
    const tls = { ca: readFileSync(certificate, 'utf8') };
    const events = await openRedisEvents({ url: server.url, tls, ...AROUND });
    t.after(() => events.close());
    const { signal } = new AbortController();
    const deliveries = events.consume('trips', { group: 'g', consumer: 'c' }, signal);
    const next = deliveries[Symbol.asyncIterator]().next();
    await events.publish('trips', event(1));
    assert.deepEqual((await next).value.event, event(1));
    await assert.rejects(openRedisEvents({ url: server.url, ...AROUND }), (error) => {
      assert.ok(isHoldfastError(error) && error.code === 'EVENTS_FAILED');
      assert.match(error.cure, /authority/);
      return true;
    });
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
});
