// HTTP/2 against real servers, right and wrong: over TLS by ALPN, in plain with prior knowledge.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { PoolSpec } from '@holdfast/resources/compiled-check';
import { createProbeRunner } from '../probe-runner.ts';
import { testCertificates } from '../testing/certificates.ts';
import { type HttpWish, httpCheck, PLAN, probeOnce, RUNNER_OPTIONS } from '../testing/checks.ts';
import { countOfSockets, until } from '../testing/condition.ts';
import { rawServer } from '../testing/raw-server.ts';

type OnStream = (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void;

interface Http2Stage {
  url: string;
  sessions: Set<ServerHttp2Session>;
  accepted: () => number;
  close: () => Promise<void>;
}

async function http2Server(
  onStream: OnStream,
  { tls, settings }: { tls?: { cert: string; key: string }; settings?: object } = {},
): Promise<Http2Stage> {
  const options = { ...tls, allowHTTP1: false, ...(settings === undefined ? {} : { settings }) };
  const server: Http2Server = tls ? createSecureServer(options) : createServer(options);
  const sessions = new Set<ServerHttp2Session>();
  let accepted = 0;
  server.on('session', (session: ServerHttp2Session) => {
    accepted += 1;
    sessions.add(session);
    session.on('error', () => {});
    session.on('close', () => sessions.delete(session));
    session.socket.unref();
  });
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => {});
    onStream(stream, headers);
  });
  server.on('sessionError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/`,
    sessions,
    accepted: () => accepted,
    close: async () => {
      for (const session of sessions) session.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

const fine: OnStream = (stream) => {
  stream.respond({ ':status': 200, 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] });
  stream.end('fine');
};

async function probing(onStream: OnStream, wish: Partial<HttpWish> = {}, settings?: object) {
  const server = await http2Server(onStream, settings === undefined ? {} : { settings });
  try {
    return await probeOnce(httpCheck({ url: server.url, version: '2', ...wish }));
  } finally {
    await server.close();
    await until(() => countOfSockets() === 0);
  }
}

test('in plain with prior knowledge', async () => {
  const result = await probing(fine, { expect: { body: { contains: 'fine' }, versions: ['2'] } });
  assert.equal(result.fault, undefined);
  assert.deepEqual(
    [result.detail.http_version, result.detail.status_code, result.detail.body_length],
    ['2', 200, 4],
  );
  assert.deepEqual(
    result.phases.map(({ name }) => name),
    ['connect', 'write', 'wait', 'transfer'],
  );
});

test('over TLS, where both agree to it', async () => {
  const { ca, good } = await testCertificates();
  const server = await http2Server(fine, { tls: good });
  const tls = { verify: true, ca };
  for (const version of ['2', 'any'] as const) {
    const result = await probeOnce(httpCheck({ url: server.url, version, tls }));
    assert.equal(result.fault, undefined);
    assert.deepEqual([result.detail.http_version, result.context.tls?.alpn], ['2', 'h2']);
  }
  await server.close();
  const old = await rawServer(
    (socket) => socket.on('data', () => socket.end('HTTP/1.1 204 No\r\n\r\n')),
    { tls: good },
  );
  const fallen = await probeOnce(httpCheck({ url: old.url(), version: 'any', tls }));
  assert.deepEqual([fallen.status, fallen.detail.http_version], ['up', '1.1']);
  const strict = await probeOnce(
    httpCheck({ url: old.url(), version: 'any', tls, expect: { versions: ['2'] } }),
  );
  assert.equal(strict.fault?.code, 'ASSERTION_VERSION');
  const refused = await probeOnce(httpCheck({ url: old.url(), version: '2', tls }));
  assert.deepEqual([refused.status, refused.fault?.phase], ['down', 'tls']);
  await old.close();
});

test('a body is sent, with its length', async () => {
  const result = await probing(
    (stream, headers) => {
      let body = '';
      stream.on('data', (bytes) => {
        body += bytes;
      });
      stream.on('end', () => {
        stream.respond({ ':status': 200 });
        stream.end(`${headers[':method']} ${headers['content-length']} ${headers['x-a']} ${body}`);
      });
    },
    {
      method: 'POST',
      body: 'hello',
      headers: { 'X-A': 'b' },
      expect: { body: { contains: 'POST 5 b hello' } },
    },
  );
  assert.equal(result.fault, undefined);
});

test('a body is held back until the server asks for it', async () => {
  const result = await probing(
    (stream) => {
      stream.resume();
      fine(stream, {});
    },
    { method: 'PUT', body: 'hello', expectContinueMs: 30 },
  );
  assert.equal(result.status, 'up');
});

const redirecting: OnStream = (stream, headers) => {
  if (headers[':path'] !== '/') return fine(stream, headers);
  stream.respond({ ':status': 302, location: '/next', 'set-cookie': 'seen=1; Path=/' });
  stream.end('elsewhere');
};
test('redirects are followed with their cookies', async () => {
  let cookie: unknown;
  const result = await probing((stream, headers) => {
    cookie = headers.cookie;
    redirecting(stream, headers);
  });
  assert.deepEqual([result.status, result.detail.redirects, cookie], ['up', 1, 'seen=1']);
});

interface Wrong {
  name: string;
  onStream: OnStream;
  wish?: Partial<HttpWish>;
  code: string;
  message?: RegExp;
}
const many = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`x-${at}`, 'y']));
const WRONG: Wrong[] = [
  {
    name: 'a reset',
    onStream: (stream) => stream.close(2),
    code: 'SERVER_FAILED',
    message: /INTERNAL_ERROR \(2\)/,
  },
  {
    name: 'a promised length that is not kept',
    onStream(stream) {
      stream.respond({ ':status': 200, 'content-length': '9' });
      stream.end('half');
    },
    code: 'PROTOCOL_INVALID_ANSWER',
    message: /should have 9 bytes by its head, but has 4/,
  },
  {
    name: 'GOAWAY with an error',
    onStream: (stream) => stream.session?.goaway(11, 0, Buffer.from('too_many_pings')),
    code: 'REFUSED_BY_SERVER',
    message: /GOAWAY.*too_many_pings/,
  },
  {
    name: 'a closed connection',
    onStream: (stream) => stream.session?.socket.destroy(),
    code: 'PROTOCOL_CLOSED_EARLY',
  },
  {
    name: 'too many headers',
    onStream(stream) {
      stream.respond({ ':status': 200, ...many });
      stream.end();
    },
    code: 'PROTOCOL_LIMIT_EXCEEDED',
  },
  {
    name: 'too large a body',
    onStream(stream) {
      stream.respond({ ':status': 200 });
      stream.end('x'.repeat(2000));
    },
    wish: { bodyBytesMax: 1000 },
    code: 'PROTOCOL_LIMIT_EXCEEDED',
    message: /1000 bytes/,
  },
  {
    name: 'a length that is too large',
    onStream(stream) {
      stream.respond({ ':status': 200, 'content-length': '100000' });
      stream.write('x');
    },
    wish: { bodyBytesMax: 1000 },
    code: 'PROTOCOL_LIMIT_EXCEEDED',
  },
  { name: 'silence', onStream: () => {}, wish: { timeoutMs: 300 }, code: 'TIMEOUT' },
];
for (const { name, onStream, wish, code, message } of WRONG) {
  test(`wrong: ${name}`, async () => {
    const result = await probing(onStream, wish);
    assert.equal(result.fault?.code, code, result.fault?.message ?? 'no fault');
    if (message !== undefined) assert.match(result.fault?.message ?? '', message);
    assert.notEqual(result.fault?.phase, undefined);
  });
}

const frame = (type: number, flags: number, payload: Buffer, stream = 0) => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};
const setting = Buffer.from([0, 3, 0, 0, 0, 1]);
const GARBAGE: [string, Buffer][] = [
  ['HTTP/1.1', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['noise', Buffer.from(Array.from({ length: 500 }, (_, at) => (at * 37) % 256))],
  ['a frame that is too large', frame(0, 0, Buffer.alloc(100_000))],
  ['a flood of settings', frame(4, 0, Buffer.concat(Array.from({ length: 2000 }, () => setting)))],
];
for (const [name, bytes] of GARBAGE) {
  test(`a peer that sends ${name} is told apart at once`, async () => {
    const server = await rawServer((socket) => socket.write(bytes));
    const result = await probeOnce(httpCheck({ url: server.url(), version: '2', timeoutMs: 3000 }));
    assert.equal(result.fault?.class, 'protocol', result.fault?.message ?? '');
    await server.close();
  });
}

test('a reset within the body is told with its code', async () => {
  const answer = Buffer.concat([
    frame(1, 4, Buffer.from([0x88]), 1),
    frame(0, 0, Buffer.from('half'), 1),
    frame(3, 0, Buffer.from([0, 0, 0, 11]), 1),
  ]);
  const server = await rawServer((socket) => {
    socket.write(frame(4, 0, Buffer.alloc(0)));
    socket.once('data', () => socket.write(answer));
  });
  const result = await probeOnce(httpCheck({ url: server.url(), version: '2', timeoutMs: 3000 }));
  assert.equal(result.fault?.code, 'REFUSED_BY_SERVER', result.fault?.message ?? '');
  assert.match(result.fault?.message ?? '', /ENHANCE_YOUR_CALM \(11\)/);
  await server.close();
});

const POOL: PoolSpec = {
  name: 'two',
  idleMax: 4,
  idlePerHostMax: 4,
  perHostMax: 2,
  idleTimeoutMs: 60_000,
};
test('in a pool one session serves many runs, as many as the peer takes at once', async () => {
  let [atOnce, most] = [0, 0];
  const server = await http2Server(
    (stream) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      setImmediate(() => {
        atOnce -= 1;
        fine(stream, {});
      });
    },
    { settings: { maxConcurrentStreams: 5 } },
  );
  const runner = createProbeRunner(RUNNER_OPTIONS);
  const probe = () => runner.run(httpCheck({ url: server.url, version: '2', pool: POOL }), PLAN);
  await probe();
  const results = await Promise.all(Array.from({ length: 50 }, probe));
  assert.ok(results.every(({ status }) => status === 'up'));
  assert.ok(server.accepted() <= 2, `${server.accepted()} connections`);
  assert.ok(most > 1 && most <= 10, `${most} streams at once`);
  // Both sides say goodbye in order; the next run goes over a new one.
  for (const session of server.sessions) session.close();
  await until(() => server.sessions.size === 0);
  assert.equal((await probe()).status, 'up');
  await runner.close();
  await server.close();
  await until(() => countOfSockets() === 0);
});

test('a run that fails alone ends nobody else', async () => {
  const server = await http2Server((stream, headers) => {
    if (headers[':path'] !== '/silent') fine(stream, headers);
  });
  const runner = createProbeRunner(RUNNER_OPTIONS);
  const probe = (path: string, timeoutMs: number) =>
    runner.run(
      httpCheck({ url: `${server.url}${path}`, version: '2', pool: POOL, timeoutMs }),
      PLAN,
    );
  await probe('', 5000);
  const silent = probe('silent', 150);
  assert.equal((await probe('', 5000)).status, 'up');
  assert.equal((await silent).status, 'timeout');
  const after = await probe('', 5000);
  assert.deepEqual([after.status, after.context.reused, server.accepted()], ['up', true, 1]);
  await runner.close();
  await server.close();
});
