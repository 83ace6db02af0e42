// What ends TLS under a call: a server that refuses us says so, over TLS 1.3 only after the handshake.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCertificates } from '../testing/certificates.ts';
import { countOfSockets, until } from '../testing/condition.ts';
import { rawServer } from '../testing/raw-server.ts';
import { probeGrpc } from './testing/grpc-probe.ts';

test('a server that wants a client certificate refuses the call by an alert', async () => {
  const { ca, good } = await testCertificates();
  const asking = { ca, requestCert: true, rejectUnauthorized: true, ALPNProtocols: ['h2'] };
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const server = await rawServer(() => {}, { tls: { ...good, ...asking, maxVersion } });
    const tls = { verify: true, ca };
    const { fault, status } = await probeGrpc({ port: server.port, secure: true, tls });
    const late = maxVersion === 'TLSv1.3';
    const code = late ? 'TLS_CLIENT_REFUSED' : 'TLS_HANDSHAKE_FAILED';
    assert.deepEqual([status, fault?.code], ['down', code], fault?.message ?? '');
    assert.equal(fault?.phase === 'tls', !late);
    await server.close();
    await until(() => countOfSockets() === 0);
  }
});
