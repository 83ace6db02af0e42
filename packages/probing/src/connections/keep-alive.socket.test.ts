// Connections that outlive a run, on real sockets: reused, bounded, watched, given up when they must be.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Clock, systemClock } from '@holdfast/kernel';
import type { PoolSpec } from '@holdfast/resources/compiled-check';
import { createProbeRunner, type ProbeRunner } from '../probe-runner.ts';
import { GOOD_DAYS, testCertificates } from '../testing/certificates.ts';
import { type HttpWish, httpCheck, PLAN, RUNNER_OPTIONS } from '../testing/checks.ts';
import { countOfSockets, until } from '../testing/condition.ts';
import { answerText, type Behaviour, type RawServer, rawServer } from '../testing/raw-server.ts';

const POOL: PoolSpec = {
  name: 'shared',
  idleMax: 10,
  idlePerHostMax: 4,
  perHostMax: 4,
  idleTimeoutMs: 60_000,
};
const OK = answerText('200 OK', [], 'fine');
const names = (phases: readonly { name: string }[]) => phases.map(({ name }) => name);

/** Answers every request of a connection and lets it stand. */
function keeping(answer: (request: string, at: number) => string | undefined): Behaviour {
  return (socket, server) => {
    socket.on('data', (bytes: Buffer) => {
      server.requests.push(bytes.toString('latin1'));
      const reply = answer(bytes.toString('latin1'), server.requests.length);
      if (reply !== undefined) socket.write(reply);
    });
  };
}

interface Stage {
  runner: ProbeRunner;
  server: RawServer;
  /** Connections accepted so far. */
  accepted: () => number;
  probe: (wish?: Partial<HttpWish>, pool?: Partial<PoolSpec>) => ReturnType<ProbeRunner['run']>;
}

async function onStage(
  behave: Behaviour,
  act: (stage: Stage) => Promise<void>,
  tls?: { cert: string; key: string },
): Promise<void> {
  let accepted = 0;
  const counting: Behaviour = (socket, server) => {
    accepted += 1;
    behave(socket, server);
  };
  const server = await rawServer(counting, tls === undefined ? {} : { tls });
  const runner = createProbeRunner(RUNNER_OPTIONS);
  const probe: Stage['probe'] = (wish, pool) =>
    runner.run(httpCheck({ url: server.url(), pool: { ...POOL, ...pool }, ...wish }), PLAN);
  try {
    await act({ runner, server, accepted: () => accepted, probe });
  } finally {
    await runner.close();
    await server.close();
  }
  await until(() => countOfSockets() === 0);
}

test('the second run has no connect phase and says why', () =>
  onStage(
    keeping(() => OK),
    async ({ probe, accepted, server }) => {
      const first = await probe();
      assert.deepEqual(names(first.phases), ['connect', 'write', 'wait', 'transfer']);
      assert.equal(first.context.reused, undefined);
      const second = await probe();
      assert.deepEqual(
        [second.status, names(second.phases)],
        ['up', ['write', 'wait', 'transfer']],
      );
      assert.equal(second.context.reused, true);
      assert.equal(second.context.peerPort, server.port);
      assert.deepEqual(second.context.kernel, first.context.kernel);
      assert.equal(accepted(), 1);
      assert.doesNotMatch(server.requests.join(''), /connection: close/i);
    },
  ));

test('over TLS the facts of the kept connection are told again', async () => {
  const { ca, good } = await testCertificates();
  await onStage(
    keeping(() => OK),
    async ({ probe, accepted }) => {
      const wish = { tls: { verify: true, ca }, expect: { certificateDays: 10 } };
      const first = await probe(wish);
      const second = await probe(wish);
      assert.deepEqual([first.status, second.status], ['up', 'up']);
      assert.deepEqual(names(second.phases), ['write', 'wait', 'transfer']);
      assert.deepEqual(second.context.tls, first.context.tls);
      const late = await probe({ ...wish, expect: { certificateDays: 31 } });
      assert.equal(late.fault?.code, 'ASSERTION_CERTIFICATE');
      assert.equal(accepted(), 1);
      // Another trust is another connection.
      const untrusting = await probe({ tls: { verify: true } });
      assert.equal(untrusting.fault?.code, 'TLS_CERTIFICATE_UNTRUSTED');
    },
    good,
  );
});

test('a kept connection whose certificate runs out meanwhile is not used again', async () => {
  const { ca, good } = await testCertificates();
  const server = await rawServer(
    keeping(() => OK),
    { tls: good },
  );
  let aheadMs = 0;
  const clock: Clock = { ...systemClock, wallMs: () => systemClock.wallMs() + aheadMs };
  const runner = createProbeRunner({ ...RUNNER_OPTIONS, clock });
  const probe = (verify: boolean) =>
    runner.run(httpCheck({ url: server.url(), pool: POOL, tls: { verify, ca } }), PLAN);
  try {
    for (const verify of [true, false])
      assert.equal((await probe(verify)).context.reused, undefined);
    aheadMs = (GOOD_DAYS - 1) * 86_400_000;
    for (const verify of [true, false]) assert.equal((await probe(verify)).context.reused, true);
    aheadMs = (GOOD_DAYS + 1) * 86_400_000;
    assert.equal((await probe(true)).context.reused, undefined);
    // Who asks for no trust has nothing that could run out.
    assert.equal((await probe(false)).context.reused, true);
    await until(() => server.open.size === 2);
  } finally {
    await runner.close();
    await server.close();
  }
});

const UNFIT: [string, string][] = [
  ['says close', answerText('200 OK', ['Connection: close'], 'fine')],
  ['speaks HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nfine'],
  ['says more than the answer', `${OK}more`],
];
for (const [name, answer] of UNFIT) {
  test(`an answer that ${name} ends the connection`, () =>
    onStage(
      keeping(() => answer),
      async ({ probe, accepted, server }) => {
        assert.equal((await probe()).status, 'up');
        assert.equal((await probe()).context.reused, undefined);
        assert.equal(accepted(), 2);
        await until(() => server.open.size === 0);
      },
    ));
}

test('HTTP/1.0 that says keep-alive is kept, and so is a chunked answer', () =>
  onStage(
    keeping((_, at) =>
      at === 1
        ? 'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 4\r\n\r\nfine'
        : 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n',
    ),
    async ({ probe, accepted }) => {
      for (let at = 0; at < 3; at += 1) assert.equal((await probe()).status, 'up');
      assert.equal(accepted(), 1);
    },
  ));

test('100 runs at once keep four connections, each in its turn', () =>
  onStage(
    keeping(() => OK),
    async ({ probe, accepted, server }) => {
      const results = await Promise.all(Array.from({ length: 100 }, () => probe()));
      assert.ok(results.every(({ status }) => status === 'up'));
      assert.equal(accepted(), 4);
      assert.equal(server.open.size, 4);
      const waited = results.filter(({ context }) => context.reused);
      assert.equal(waited.length, 96);
      assert.ok(waited.every(({ phases }) => phases[0]?.name === 'connect'));
    },
  ));

test('who waits ends at the deadline, in the connect phase', () =>
  onStage(
    keeping((request) => (request.includes('/silent') ? undefined : OK)),
    async ({ probe, server, accepted }) => {
      const one = { perHostMax: 1 };
      const holding = probe({ url: server.url('/silent'), timeoutMs: 600 }, one);
      await until(() => server.requests.length === 1);
      const waiting = await probe({ timeoutMs: 200 }, one);
      assert.deepEqual([waiting.status, waiting.fault?.phase], ['timeout', 'connect']);
      const patient = await probe({}, one);
      assert.equal(patient.status, 'up');
      assert.equal((await holding).status, 'timeout');
      assert.equal(accepted(), 2);
    },
  ));

test('a connection that dies while it is idle is not used again', () =>
  onStage(
    keeping(() => OK),
    async ({ probe, server, accepted }) => {
      for (const end of [
        () => [...server.open].map((socket) => socket.end()),
        () => [...server.open].map((socket) => socket.resetAndDestroy()),
        () => [...server.open].map((socket) => socket.write('surprise')),
      ]) {
        const before = accepted();
        await probe();
        end();
        await until(() => server.open.size === 0);
        assert.equal((await probe()).context.reused, undefined);
        assert.equal(accepted(), before + (before === 0 ? 2 : 1));
      }
    },
  ));

const DYING: Behaviour = (socket, server) => {
  let asked = 0;
  socket.on('data', (bytes: Buffer) => {
    server.requests.push(bytes.toString('latin1'));
    asked += 1;
    if (asked === 1) socket.write(OK);
    else socket.destroy();
  });
};
test('a kept connection that dies under a request is replaced once, if asking again does no harm', () =>
  onStage(DYING, async ({ probe, accepted }) => {
    await probe();
    const again = await probe();
    assert.deepEqual([again.status, again.context.reused], ['up', undefined]);
    assert.equal(accepted(), 2);
    const post = await probe({ method: 'POST', body: 'x' });
    assert.deepEqual([post.status, post.fault?.class], ['down', 'protocol']);
    assert.equal(accepted(), 2);
  }));

test('the policy is asked at each use', () =>
  onStage(
    keeping(() => OK),
    async ({ probe, runner, server }) => {
      await probe();
      runner.setEgress({ deny: ['127.0.0.0/8'], allow: [] });
      const denied = await probe();
      assert.equal(denied.fault?.code, 'PROBER_EGRESS_DENIED');
      assert.equal(server.requests.length, 1);
      await until(() => server.open.size === 0);
    },
  ));

test('idle connections are bounded in number and time', () =>
  onStage(
    keeping(() => OK),
    async ({ probe, server }) => {
      const few = { idlePerHostMax: 2 };
      await Promise.all(Array.from({ length: 4 }, () => probe({}, few)));
      await until(() => server.open.size === 2);
      await Promise.all([probe({}, { idleMax: 1 }), probe({}, { idleMax: 1 })]);
      await until(() => server.open.size === 1);
      await probe({}, { idleTimeoutMs: 20 });
      await until(() => server.open.size === 0);
    },
  ));

test('redirects go over the pool too', () =>
  onStage(
    keeping((request) =>
      request.startsWith('GET /first')
        ? answerText('302 Found', ['Location: /second'], 'there')
        : OK,
    ),
    async ({ probe, server, accepted }) => {
      const result = await probe({ url: server.url('/first') });
      assert.deepEqual([result.status, accepted()], ['up', 1]);
      assert.deepEqual(
        result.phases.filter(({ hop }) => hop === 1).map(({ name }) => name),
        ['write', 'wait', 'transfer'],
      );
    },
  ));

test('namespaces share nothing', () =>
  onStage(
    keeping(() => OK),
    async ({ probe, runner, server, accepted }) => {
      await probe();
      const check = httpCheck({ url: server.url(), pool: POOL });
      await runner.run({ ...check, namespace: 'other' }, PLAN);
      assert.equal(accepted(), 2);
    },
  ));
