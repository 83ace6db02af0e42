// The example plugin for Redis: against a real server where there is one, and against peers that say
// right and wrong things.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { PluginSpec } from '@holdfast/resources/compiled-check';
import { testCertificates } from '../testing/certificates.ts';
import { type Behaviour, type RawServerOptions, rawServer } from '../testing/raw-server.ts';
import { describePlugin } from './plugin-description.ts';
import { probePlugin } from './testing/plugins.ts';

const EXAMPLE = fileURLToPath(
  new URL('../../../../examples/plugins/redis/redis.js', import.meta.url),
);
/** One program, which looks at the name that it is called by. */
const PROGRAM = ['/usr/bin/redis-server', '/usr/bin/redis-check-rdb'].find((path) =>
  existsSync(path),
);
/** Redis takes no port 0: an address that is this test's alone. */
const [HOST, PORT] = ['127.86.31.7', 6379];
const ENVIRONMENT = { REDIS_PASSWORD: 'correct horse' };

function probe(
  target: string,
  options: PluginSpec['options'] = {},
  wish: Partial<PluginSpec> = {},
) {
  const spec = { plugin: 'redis', target, options, ...wish };
  return probePlugin(EXAMPLE, { timeoutMs: 2_000, ...spec }, { environment: ENVIRONMENT });
}

async function probePeer(
  behave: Behaviour,
  options: PluginSpec['options'] = {},
  server: RawServerOptions = {},
  wish: Partial<PluginSpec> & { timeoutMs?: number } = {},
) {
  const peer = await rawServer(behave, server);
  const scheme = server.tls === undefined ? 'redis' : 'rediss';
  try {
    return await probe(`${scheme}://127.0.0.1:${peer.port}`, options, wish);
  } finally {
    await peer.close();
  }
}

test('its options are proven by its own schema', () => {
  const { kind, schemes, validate } = describePlugin(EXAMPLE);
  assert.deepEqual([kind, schemes], ['redis', ['redis', 'rediss']]);
  assert.deepEqual(validate({ username: 'u', password: 'p', info: true }), []);
  assert.deepEqual(
    validate({ info: 'yes', colour: 1 }).map(({ path, message }) => [path, message]),
    [
      [['info'], 'must be a boolean'],
      [['colour'], 'is not an option of redis'],
    ],
  );
});

const answering =
  (...answers: string[]): Behaviour =>
  (socket) =>
    socket.once('data', () => socket.write(answers.join('')));
const INFO = 'role:replica\r\nconnected_clients:3\r\nloading:0\r\nredis_version:7.0.15\r\n';

test('PONG is up, over TLS too, with what INFO says', async () => {
  const { ca, good } = await testCertificates();
  const answer = answering('+PONG\r\n', `$${INFO.length}\r\n${INFO}\r\n`);
  const wish = { tls: { verify: true, ca } };
  const { status, fault, detail, phases } = await probePeer(
    answer,
    { info: true },
    { tls: good },
    wish,
  );
  assert.equal(status, 'up', fault?.message ?? '');
  assert.deepEqual(detail, {
    role: 'replica',
    connected_clients: 3,
    loading: false,
    redis_version: '7.0.15',
  });
  assert.deepEqual(
    phases.map(({ name }) => name),
    ['connect', 'tls', 'write', 'wait', 'transfer'],
  );
});

const WRONG: [said: string, code: string, message: RegExp][] = [
  ['-NOAUTH Authentication required.\r\n', 'REFUSED_BY_SERVER', /PING with: NOAUTH/],
  ['-LOADING Redis is loading\r\n', 'SERVER_NOT_SERVING', /PING with: LOADING/],
  ['-ERR strange\r\n', 'SERVER_FAILED', /PING with: ERR strange/],
  ['+PANG\r\n', 'PROTOCOL_INVALID_ANSWER', /PING was answered with "PANG"/],
  ['SSH-2.0-x\r\n', 'PROTOCOL_INVALID_ANSWER', /not what a Redis server says: "SSH-2.0-x"/],
  ['$99999999\r\n', 'PROTOCOL_INVALID_ANSWER', /not what a Redis server says/],
  ['$-1\r\n', 'PROTOCOL_INVALID_ANSWER', /not what a Redis server says/],
  [`+${'x'.repeat(80_000)}`, 'PROTOCOL_LIMIT_EXCEEDED', /not whole after 65536 bytes/],
];
for (const [said, code, message] of WRONG) {
  test(`${JSON.stringify(said.slice(0, 30))}: ${code}`, async () => {
    const { status, fault } = await probePeer(answering(said));
    assert.deepEqual([status, fault?.code], ['down', code]);
    assert.match(fault?.message ?? '', message);
  });
}

test('a close, a reset and silence', async () => {
  const closed = await probePeer((socket) => socket.end('+PO'));
  assert.equal(closed.fault?.code, 'PROTOCOL_CLOSED_EARLY');
  const reset = await probePeer((socket) => socket.once('data', () => socket.resetAndDestroy()));
  assert.equal(reset.fault?.code, 'CONNECT_RESET');
  const silent = await probePeer(() => {}, {}, {}, { timeoutMs: 200 } as Partial<PluginSpec>);
  assert.deepEqual([silent.status, silent.fault?.phase], ['timeout', 'wait']);
});

test('a password is sent and never told', async () => {
  let heard = '';
  const result = await probePeer(
    (socket) =>
      socket.once('data', (bytes) => {
        heard = String(bytes);
        socket.write('-WRONGPASS no user with correct horse\r\n+PONG\r\n');
      }),
    { username: 'probe', password: '${env:REDIS_PASSWORD}' },
  );
  assert.match(heard, /^\*3\r\n\$4\r\nAUTH\r\n\$5\r\nprobe\r\n\$13\r\ncorrect horse\r\n\*1\r\n/);
  assert.deepEqual([result.status, result.fault?.code], ['down', 'REFUSED_BY_SERVER']);
  assert.ok(!JSON.stringify(result).includes('horse'));
});

test('a real server', {
  skip: PROGRAM === undefined ? 'Redis is not installed' : false,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-redis-'));
  const settings = ['--bind', HOST, '--port', `${PORT}`, '--dir', folder, '--save', ''];
  const secret = ['--requirepass', ENVIRONMENT.REDIS_PASSWORD];
  const server = spawn(PROGRAM ?? '', [...settings, ...secret], {
    argv0: 'redis-server',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    let log = '';
    for await (const text of server.stdout.setEncoding('utf8')) {
      log += text;
      if (log.includes('Ready to accept connections')) break;
    }
    const options = { password: '${env:REDIS_PASSWORD}', info: true };
    const rules = { expect: { that: ['detail.role == "master"', '!detail.loading'] } };
    const up = await probe(`redis://${HOST}:${PORT}`, options, rules);
    assert.equal(up.status, 'up', up.fault?.message ?? log);
    assert.equal(up.detail.connected_clients, 1);
    const refused = await probe(`${HOST}:${PORT}`);
    assert.match(refused.fault?.message ?? '', /NOAUTH/);
  } finally {
    if (server.exitCode === null) {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  }
});
