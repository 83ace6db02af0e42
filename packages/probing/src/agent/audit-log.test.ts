// What of the audit is written into the log, and what is not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TlsAuditEntry } from '../tls/tls-audit.ts';
import { auditLog } from './audit-log.ts';
import { channelLogger } from './channel-logger.ts';
import type { FromAgent } from './protocol.ts';

const GOOD: TlsAuditEntry = {
  namespace: 'default',
  check: 'shop',
  atMs: 1,
  peerIp: '192.0.2.1',
  peerPort: 443,
  serverName: 'shop.test',
  policy: 'strict',
  trusted: true,
  enforced: true,
  version: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  fingerprint256: 'aa',
  issuer: 'CN=Test',
  revocation: 'good',
  verificationMs: 0.2,
};
const EXPIRED: Partial<TlsAuditEntry> = {
  trusted: false,
  faultCode: 'TLS_CERTIFICATE_EXPIRED',
  reason: 'It expired.',
};

test('the first, the changed and every failed verification are written as they are', () => {
  const lines: Extract<FromAgent, { type: 'log' }>[] = [];
  const logger = channelLogger((message) => {
    if (message.type === 'log') lines.push(message);
  });
  const audit = auditLog(logger);
  const levels = (...entries: Partial<TlsAuditEntry>[]) => {
    lines.length = 0;
    for (const entry of entries) audit({ ...GOOD, ...entry });
    return lines.map(({ level }) => level);
  };
  assert.deepEqual(levels({}, {}, {}), ['info']);
  assert.deepEqual(lines[0]?.fields, { audit: 'tls', ...GOOD });
  assert.deepEqual(levels({ fingerprint256: 'bb' }, { fingerprint256: 'bb' }), ['info']);
  assert.deepEqual(levels(EXPIRED, EXPIRED), ['warn', 'warn']);
  assert.deepEqual(levels({}, {}), ['info'], 'trusted again');
  assert.deepEqual(levels({ check: 'other' }, { check: 'other' }), ['info']);
});
