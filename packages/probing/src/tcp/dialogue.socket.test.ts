// Dialogues over real sockets: what holds, and every way in which a peer can be wrong.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { testCertificates } from '../testing/certificates.ts';
import { probeOnce } from '../testing/checks.ts';
import { countOfSockets, until } from '../testing/condition.ts';
import { type Behaviour, rawServer } from '../testing/raw-server.ts';
import { startTlsServer } from '../tls-kind/testing/start-tls-server.ts';
import {
  base64,
  checkOf,
  lines,
  names,
  probe,
  type TcpWish as Wish,
} from './testing/tcp-checks.ts';

const { ca, good } = await testCertificates();
const tls = { verify: true, ca };

test('a dialogue with a capture, a secret and bytes holds, step by step', async () => {
  const said: string[] = [];
  const { status, fault, detail, phases, totalMs } = await probe(
    (socket, server) => {
      socket.write('hello\r\n220 token=a.b\r\n');
      lines((line) => {
        said.push(line);
        return line.startsWith('LOGIN') ? 'ok a.b\r\n\x00\xffdone' : undefined;
      })(socket, server);
    },
    {
      dialogue: [
        { expect: '^220 token=(\\S+)$' },
        { send: 'LOGIN ${1} ${env:PASSWORD} $${1}\r\n' },
        { expect: '^ok ${1}$' },
        { expectBytes: base64('\0') },
        { sendBytes: base64('bye\n') },
      ],
    },
    { environment: { PASSWORD: 'hunter22' } },
  );
  assert.equal(status, 'up', fault?.message ?? '');
  assert.equal(said[0], 'LOGIN a.b hunter22 ${1}');
  const steps = detail.steps as { step: number; kind: string; at_ms: number; matched?: string }[];
  assert.deepEqual(
    steps.map(({ step, kind, matched }) => [step, kind, matched]),
    [
      [1, 'expect', '220 token=a.b'],
      [2, 'send', undefined],
      [3, 'expect', 'ok a.b'],
      [4, 'expect_bytes', '00'],
      [5, 'send_bytes', undefined],
    ],
  );
  const times = steps.map(({ at_ms }) => at_ms);
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  );
  assert.ok((times.at(-1) ?? Infinity) <= totalMs);
  assert.match(names(phases), /^connect (wait )?transfer write wait transfer write$/);
  assert.equal(detail.peer_text, undefined);
});

for (const captured of ['.*', '${env:PASSWORD}', '(']) {
  test(`captured, ${captured} is no pattern, and not filled in again`, async () => {
    const wish = { dialogue: [{ expect: '^id (.*)$' }, { expect: '^id ${1}$' }] };
    const environment = { PASSWORD: 'hunter22' };
    const say = (second: string) =>
      probe((socket) => socket.end(`id ${captured}\nid ${second}\n`), wish, { environment });
    const other = await say('hunter22');
    assert.equal(other.fault?.code, 'ASSERTION_DIALOGUE');
    assert.equal((await say(captured)).status, 'up');
  });
}

const ASKED = { dialogue: [{ send: 'hi\n' }, { expect: '^fine$' }] };
const WRONG: [string, Behaviour, Wish, code: string, message: RegExp][] = [
  [
    'a peer that closes without a word',
    lines((_, socket) => void socket.end()),
    ASKED,
    'PROTOCOL_CLOSED_EARLY',
    /^Step 2 wanted a line that matches "\^fine\$"; the peer closed the connection, nothing had come\.$/,
  ],
  [
    'a peer that says something else and closes',
    lines((_, socket) => void socket.end('no\nbad')),
    ASKED,
    'ASSERTION_DIALOGUE',
    /Step 2 .* what came was "no\\nbad"/,
  ],
  [
    'a peer that says something else and waits',
    lines(() => 'no\r\n'),
    { ...ASKED, timeoutMs: 300 },
    'TIMEOUT',
    /The deadline of 300 ms .*Step 2 .* what came was "no"/,
  ],
  ['silence', () => {}, { ...ASKED, timeoutMs: 200 }, 'TIMEOUT', /Step 2 .* nothing had come/],
  [
    'a reset in the middle of the answer',
    lines((_, socket) => {
      socket.write('fi', () => socket.resetAndDestroy());
      return undefined;
    }),
    ASKED,
    'CONNECT_RESET',
    /Step 2/,
  ],
  [
    'other bytes',
    (socket) => socket.write('\x01\x02'),
    { dialogue: [{ expectBytes: base64('\x01\x03\x04') }] },
    'ASSERTION_DIALOGUE',
    /^Step 1 wanted the bytes 01 03 04; what came was 01 02\.$/,
  ],
  [
    'bytes that end too early',
    (socket) => socket.end('\x01'),
    { dialogue: [{ expectBytes: base64('\x01\x03') }] },
    'PROTOCOL_CLOSED_EARLY',
    /Step 1 wanted the bytes 01 03; the peer closed/,
  ],
  [
    'a flood',
    (socket) => {
      const pour = (error?: Error | null) => {
        if (!error) socket.write('x'.repeat(65_536), pour);
      };
      pour();
    },
    { dialogue: [{ expect: 'fine' }], bytesMax: 100_000 },
    'PROTOCOL_LIMIT_EXCEEDED',
    /in the 100000 bytes that may be read/,
  ],
  [
    'plain words after TLS was agreed on',
    (socket) => socket.write('go\nmore\n'),
    { dialogue: [{ expect: 'go' }, { startTls: true }], tls },
    'PROTOCOL_INVALID_ANSWER',
    /went on in plain/,
  ],
];
for (const [name, behave, wish, code, message] of WRONG) {
  test(`${name}: ${code}`, async () => {
    const before = countOfSockets();
    const { status, fault, detail } = await probe(behave, wish);
    assert.equal(fault?.code, code, fault?.message ?? '');
    assert.equal(status, code === 'TIMEOUT' ? 'timeout' : 'down');
    assert.match(fault?.message ?? '', message);
    assert.ok(String(detail.peer_text ?? '').length <= 512);
    await until(() => countOfSockets() <= before);
  });
}

test('the bound is on what a step needs, not on what was sent with it', async () => {
  const wish = { dialogue: [{ expect: '^fine$' }], bytesMax: 10 };
  const { status } = await probe((socket) => socket.write(`fine\n${'x'.repeat(50_000)}`), wish);
  assert.equal(status, 'up');
});

test('a byte at a time is heard as well, also without an end of the last line', async () => {
  const drip: Behaviour = (socket) => {
    socket.setNoDelay(true);
    let left = [...'wait\r\nfine'];
    const next = () => {
      const [byte, ...rest] = left;
      left = rest;
      if (byte === undefined) socket.end();
      else socket.write(byte, () => setImmediate(next));
    };
    next();
  };
  const { status, fault } = await probe(drip, { dialogue: [{ expect: '^fine$' }] });
  assert.equal(status, 'up', fault?.message ?? '');
});

test('a peer that ended its side still hears what is sent', async () => {
  let heard = '';
  let isWhole = () => {};
  const whole = new Promise<void>((resolve) => {
    isWhole = resolve;
  });
  const server = await rawServer(
    (socket) => {
      socket.on('data', (bytes: Buffer) => {
        heard += bytes;
      });
      socket.on('end', isWhole);
      socket.write('fine\n');
      socket.end();
    },
    { allowHalfOpen: true },
  );
  const dialogue = [{ expect: 'fine' }, { send: 'thanks\n' }];
  const { status, fault } = await probeOnce(checkOf(server.port, { dialogue }));
  assert.equal(status, 'up', fault?.message ?? '');
  await whole;
  await server.close();
  assert.equal(heard, 'thanks\n');
});

test('secrets that a peer says back are nowhere in the result', async () => {
  const echo: Behaviour = (socket) => socket.on('data', (bytes: Buffer) => socket.write(bytes));
  for (const wanted of [{ expect: '^fine$' }, { expectBytes: base64('AUTH fine') }]) {
    const dialogue = [{ send: 'AUTH ${env:PASSWORD}\n' }, wanted];
    const wish = { dialogue, timeoutMs: 300 };
    const result = await probe(echo, wish, { environment: { PASSWORD: 'hunter22' } });
    assert.notEqual(result.status, 'up');
    const told = JSON.stringify(result);
    assert.ok(!told.includes('hunter22') && !told.includes('68 75 6e'), told);
    assert.match(told, /<secret>/);
  }
});

test('a missing secret sends nothing', async () => {
  let connections = 0;
  const wish = { dialogue: [{ send: '${env:NO}' }] };
  const { status, fault } = await probe(() => {
    connections += 1;
  }, wish);
  assert.deepEqual([status, fault?.code, connections], ['invalid', 'PROBER_SECRET_MISSING', 0]);
});

const INVALID: [Wish, RegExp][] = [
  [{ dialogue: [{ expect: '(' }] }, /The pattern "\(" is not valid/],
  [{ dialogue: [{ expect: 'a(b)' }, { send: '${2}' }] }, /Step 2 uses \$\{2\}.* has 1 groups/],
  [{ dialogue: Array.from({ length: 101 }, () => ({ send: 'x' })) }, /101 steps/],
  [{ bannerMs: 10, expect: { that: [], banner: '[' } }, /The pattern "\["/],
  [{ expect: { that: ['1 +'] } }, /The rule "1 \+"/],
];
for (const [wish, message] of INVALID) {
  test(`a check that cannot be run: ${message.source}`, async () => {
    const { status, fault } = await probe(() => {}, wish);
    assert.deepEqual([status, fault?.code], ['invalid', 'PROBER_INVALID_CHECK']);
    assert.match(fault?.message ?? '', message);
  });
}

test('a dialogue that says itself when TLS begins', async () => {
  const server = await startTlsServer(
    {
      greeting: 'ready\n',
      answer: () => ({ tls: 'go\n' }),
      secured: (socket) => void socket.write('safe\n'),
    },
    good,
  );
  const dialogue = [
    { expect: 'ready' },
    { send: 'TLS\n' },
    { expect: 'go' },
    { startTls: true as const },
    { expect: 'safe' },
  ];
  const { status, fault, detail } = await probeOnce(checkOf(server.port, { tls, dialogue }));
  await server.close();
  assert.equal(status, 'up', fault?.message ?? '');
  assert.equal((detail.steps as unknown[]).length, 5);
});

test('an abort in a dialogue ends it at once and leaves no socket', async () => {
  let heard = () => {};
  const silent = await rawServer((socket) => socket.on('data', () => heard()));
  const asked = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const controller = new AbortController();
  const running = probeOnce(checkOf(silent.port, ASKED), {}, controller.signal);
  await asked;
  controller.abort();
  const { status, fault } = await running;
  assert.deepEqual([status, fault?.code], ['invalid', 'PROBER_CALLED_OFF']);
  await Promise.all([...silent.open].map((socket) => once(socket, 'close')));
  await silent.close();
});
