// DNS over TLS and over HTTPS against real servers: what is asked, what the result tells, and each way
// in which the server can be of no use.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCertificates } from '../testing/certificates.ts';
import { ask } from './testing/dns-checks.ts';
import { reply } from './testing/dns-server.ts';
import {
  type HttpReply,
  httpsDnsServer,
  type SecureReplies,
  type SecureServer,
  tlsDnsServer,
} from './testing/secure-servers.ts';

const NAME = 'example.test';
const good: SecureReplies = (query) =>
  reply(query, { answers: [{ type: 'A', name: NAME, ttl: 60, data: '192.0.2.7' }] });
const { ca, expired, wrongName } = await testCertificates();

async function withServer<T>(
  made: Promise<SecureServer>,
  use: (server: SecureServer) => Promise<T>,
): Promise<T> {
  const server = await made;
  return use(server).finally(() => server.close());
}

function askOver(transport: 'tls' | 'https', { host, port }: SecureServer, path?: string) {
  const server = { host, port, ...(path === undefined ? {} : { path }) };
  return ask({ name: NAME, transport, server, tls: { ca, verify: true } });
}

test('over TLS: ALPN dot, facts of the certificate, phases of connection and handshake', async () => {
  await withServer(tlsDnsServer(good), async (server) => {
    const { judgement, detail, phases, context } = await askOver('tls', server);
    assert.equal(judgement.fault, undefined);
    assert.deepEqual(detail.records, ['example.test. 60 IN A 192.0.2.7']);
    assert.equal(detail.transport, 'tls');
    assert.equal(context.tls?.alpn, 'dot');
    assert.equal(context.tls?.verified, true);
    assert.deepEqual(
      phases.map(({ name }) => name),
      ['connect', 'tls', 'wait', 'transfer'],
    );
  });
});

for (const alpn of ['h2', 'http/1.1']) {
  test(`over HTTPS by ${alpn}: a POST with id 0`, async () => {
    await withServer(httpsDnsServer(good, {}, { alpn: [alpn] }), async (server) => {
      const { judgement, detail, phases, context } = await askOver('https', server, '/q');
      assert.equal(judgement.fault, undefined);
      assert.deepEqual(detail.records, ['example.test. 60 IN A 192.0.2.7']);
      const version = alpn === 'h2' ? '2.0' : '1.1';
      const type = 'application/dns-message';
      assert.deepEqual(server.requests, [`${version} POST /q ${type} ${type}`]);
      assert.equal(server.asked[0]?.id, 0);
      assert.equal(context.tls?.alpn, alpn);
      assert.deepEqual(
        phases.map(({ name }) => name),
        ['connect', 'tls', 'write', 'wait', 'transfer'],
      );
    });
  });
}

test('a certificate that does not hold ends it before anything is asked', async () => {
  const cases = [
    [expired, 'TLS_CERTIFICATE_EXPIRED'],
    [wrongName, 'TLS_NAME_MISMATCH'],
  ] as const;
  for (const [certificate, code] of cases) {
    for (const make of [tlsDnsServer, httpsDnsServer]) {
      const made =
        make === tlsDnsServer
          ? tlsDnsServer(good, { certificate })
          : httpsDnsServer(good, {}, { certificate });
      await withServer(made, async (server) => {
        const transport = make === tlsDnsServer ? 'tls' : 'https';
        const { judgement, context } = await askOver(transport, server);
        assert.equal(judgement.fault?.code, code);
        assert.equal(context.tls?.verified, false);
        assert.deepEqual(server.asked, []);
      });
    }
  }
});

const NO_MESSAGES: [HttpReply, string][] = [
  [{ status: 503 }, 'SERVER_FAILED'],
  [{ status: 403 }, 'REFUSED_BY_SERVER'],
  [{ status: 302 }, 'PROTOCOL_INVALID_ANSWER'],
  [{ type: 'text/html' }, 'PROTOCOL_INVALID_ANSWER'],
  [{ body: Buffer.from('not a message') }, 'PROTOCOL_INVALID_ANSWER'],
  [{ body: Buffer.alloc(0) }, 'PROTOCOL_INVALID_ANSWER'],
  [{ body: Buffer.alloc(70_000) }, 'PROTOCOL_LIMIT_EXCEEDED'],
];

for (const alpn of ['h2', 'http/1.1']) {
  test(`what comes over ${alpn} and is no message is a fault of its kind`, async () => {
    for (const [wrong, code] of NO_MESSAGES) {
      await withServer(httpsDnsServer(good, wrong, { alpn: [alpn] }), async (server) => {
        const { judgement } = await askOver('https', server);
        assert.deepEqual([judgement.fault?.code, wrong], [code, wrong]);
      });
    }
  });

  test(`a server that breaks off over ${alpn} is told as that`, async () => {
    const made = httpsDnsServer(good, { resets: true }, { alpn: [alpn] });
    await withServer(made, async (server) => {
      const { judgement } = await askOver('https', server);
      const codes: (string | undefined)[] = ['PROTOCOL_CLOSED_EARLY', 'CONNECT_RESET'];
      assert.ok(codes.includes(judgement.fault?.code));
    });
  });
}

test('who answered and what more it says of its code stand in the detail', async () => {
  const withOptions: SecureReplies = (query) => {
    const message = reply(query, { rcode: 2 });
    const nsid = Buffer.from([0, 3, 0, 4, ...Buffer.from('lhr1')]);
    const error = Buffer.from([0, 15, 0, 6, 0, 7, ...Buffer.from('\told')]);
    const head = Buffer.from([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, nsid.length + error.length]);
    message.writeUInt16BE(1, 10);
    return Buffer.concat([message, head, nsid, error]);
  };
  await withServer(tlsDnsServer(withOptions), async (server) => {
    const { detail, judgement } = await askOver('tls', server);
    assert.equal(judgement.fault?.code, 'SERVER_FAILED');
    assert.equal(detail.nsid, 'lhr1');
    const said = [{ code: 7, meaning: 'signature expired', text: 'old' }];
    assert.deepEqual(detail.extended_errors, said);
  });
});
