import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { always, isCode, put } from '../coordination/opened.conformance.ts';
import { framed } from './grpc-framing.ts';
import { statusResponse, txnRequest, txnResponse } from './messages.ts';
import { type EtcdCoordination, openEtcdCoordination } from './open-etcd.ts';

const TIMEOUT_MS = 700;
const GRPC = { ':status': 200, 'content-type': 'application/grpc' };
const TOO_LONG = Buffer.from([0, 0xff, 0xff, 0xff, 0xff]);
const VERSION = framed(statusResponse.encode({ version: '3.5.30' }));

async function listening(server: Server, context: TestContext): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function open(endpoint: string): Promise<EtcdCoordination> {
  return openEtcdCoordination({
    endpoints: [endpoint],
    timeoutMs: TIMEOUT_MS,
    clock: systemClock,
    chance: systemChance,
    logger: silentLogger,
  });
}

type Answer = (stream: ServerHttp2Stream, path: string) => void;

/** Says its version as etcd does, and does with every other call what the test says. */
async function peer(context: TestContext, answer: Answer): Promise<EtcdCoordination> {
  const server = createHttp2Server();
  server.on('sessionError', () => {});
  server.on('stream', (opened, headers) => {
    const stream = opened as ServerHttp2Stream;
    stream.on('error', () => {});
    const path = String(headers[':path']);
    if (path.endsWith('/Status')) good(stream, VERSION);
    else answer(stream, path);
  });
  const coordination = await open(await listening(server as unknown as Server, context));
  context.after(() => coordination.close());
  return coordination;
}

function good(stream: ServerHttp2Stream, body: Buffer): void {
  stream.respond(GRPC, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(body);
}

async function failsInTime(call: Promise<unknown>): Promise<void> {
  const startedMs = performance.now();
  await assert.rejects(call, isCode('COORDINATION_FAILED'));
  assert.ok(performance.now() - startedMs < TIMEOUT_MS + 400);
}

test('a peer that is no etcd is told as such, in time', async (context) => {
  const behaviours: ((socket: Socket) => void)[] = [
    () => {},
    (socket) => socket.destroy(),
    (socket) => socket.resetAndDestroy(),
    (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    (socket) => socket.write(Buffer.alloc(100_000, 0xff)),
    (socket) => {
      const drip = setInterval(() => socket.write('\0'), 20);
      socket.on('close', () => clearInterval(drip));
    },
  ];
  const tried = behaviours.map(async (behave) =>
    failsInTime(open(await listening(createServer(behave), context))),
  );
  await Promise.all(tried);
});

test('answers that are none of gRPC, too long, compressed or garbage are failures', async (context) => {
  const answers: Answer[] = [
    (stream) => {
      stream.respond({ ':status': 404, 'content-type': 'text/html' });
      stream.end('<p>');
    },
    (stream) => {
      stream.respond({ ':status': 200, 'content-type': 'text/html' });
      stream.end('<p>');
    },
    (stream) => {
      stream.respond(GRPC);
      stream.end(framed(txnResponse.encode({ succeeded: true })));
    },
    (stream) => good(stream, Buffer.alloc(0)),
    (stream) => good(stream, TOO_LONG),
    (stream) => good(stream, Buffer.from([1, 0, 0, 0, 0])),
    (stream) => good(stream, framed(Buffer.from('ffffffffffffffffffffff', 'hex'))),
    (stream) => good(stream, VERSION.subarray(0, 6)),
    (stream) => stream.close(2),
    (stream) => stream.session?.goaway(2),
    (stream) => stream.session?.destroy(),
    () => {},
    (stream) => {
      stream.respond(GRPC);
      const drip = setInterval(() => stream.write('\0'), 20);
      stream.on('close', () => clearInterval(drip));
    },
  ];
  const tried = answers.map(async (answer) => {
    const coordination = await peer(context, answer);
    await failsInTime(coordination.txn(always(put('/a'))));
    await coordination.close();
  });
  await Promise.all(tried);
});

test('a stream that floods or lies ends the watch, not the process', async (context) => {
  const answers: Answer[] = [
    (stream) => {
      stream.respond(GRPC);
      stream.write(Buffer.alloc(1_000_000, 0xff));
    },
    (stream) => {
      stream.respond(GRPC);
      stream.write(framed(Buffer.from('0fffffffffff', 'hex')));
    },
    (stream) => {
      stream.respond(GRPC);
      stream.end();
    },
    (stream) => stream.close(8),
  ];
  const tried = answers.map(async (answer) => {
    const coordination = await peer(context, answer);
    const watch = coordination.watch('/a', 1n, new AbortController().signal);
    await failsInTime(watch[Symbol.asyncIterator]().next());
    await failsInTime(coordination.leases.renew(7n));
    await coordination.close();
  });
  await Promise.all(tried);
});

test('a transaction that the peer refused to begin is made again, and one it may have begun is not', async (context) => {
  let asked = 0;
  const answerAfter = (code: number): Answer => {
    asked = 0;
    return (stream) => {
      asked += 1;
      if (asked === 1) stream.close(code);
      else good(stream, framed(txnResponse.encode({ succeeded: true })));
    };
  };
  const refused = await peer(context, answerAfter(7));
  assert.equal((await refused.txn(always(put('/a')))).done, true);
  assert.equal(asked, 2);
  const begun = await peer(context, answerAfter(2));
  await assert.rejects(begun.txn(always(put('/a'))), isCode('COORDINATION_FAILED'));
  assert.equal(asked, 1);
});

test('a page that would be too long is asked for again, shorter', async (context) => {
  const limits: bigint[] = [];
  const header = { clusterId: 1n, memberId: 1n, revision: 9n };
  const word = { kvs: [{ key: 'store', value: Buffer.from('w') }] };
  const coordination = await peer(context, (stream) => {
    stream.once('data', (bytes: Buffer) => {
      const { success } = txnRequest.decode(bytes.subarray(5));
      const limit = success[1]?.range?.limit ?? 0n;
      limits.push(limit);
      const kvs = [{ key: '/a', value: Buffer.from('x') }];
      const answer = { header, responses: [{ range: word }, { range: { kvs } }] };
      good(stream, limit > 100n ? TOO_LONG : framed(txnResponse.encode(answer)));
    });
  });
  const { entries, revision, cluster } = await coordination.list('/');
  assert.deepEqual([entries.length, revision, cluster], [1, 9n, '1-w']);
  assert.deepEqual(limits, [5_000n, 625n, 78n]);
});

test('an etcd that is too old is refused with its version', async (context) => {
  const server = createHttp2Server();
  server.on('stream', (stream) =>
    good(stream as ServerHttp2Stream, framed(statusResponse.encode({ version: '3.3.27' }))),
  );
  const endpoint = await listening(server as unknown as Server, context);
  await assert.rejects(open(endpoint), /3\.3\.27/);
});
