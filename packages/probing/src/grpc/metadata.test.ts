import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunSecrets } from '../secrets.ts';
import { callHeaders, fillMetadata, grpcTimeout } from './metadata.ts';

async function fill(templates: Record<string, string>, environment = {}) {
  const secrets = new RunSecrets({ environment, readFile: () => '' });
  return { filled: await fillMetadata(templates, { secrets }), secrets };
}

test('placeholders are filled and hidden, with the token alone', async () => {
  const { filled, secrets } = await fill(
    { Authorization: 'Bearer ${env:TOKEN}', 'x-tenant': 'a' },
    { TOKEN: 'hunter2hunter2' },
  );
  assert.deepEqual(filled, {
    ok: true,
    value: { authorization: 'Bearer hunter2hunter2', 'x-tenant': 'a' },
  });
  assert.equal(secrets.redact('it was hunter2hunter2'), 'it was <secret>');
});

test('a missing secret is a fault of the prober', async () => {
  const { filled } = await fill({ a: '${env:NOTHING}' });
  assert.equal(!filled.ok && filled.fault.code, 'PROBER_SECRET_MISSING');
});

test('binary metadata is base64, sent without padding', async () => {
  const { filled } = await fill({ 'trace-bin': 'AAECAw==' });
  assert.deepEqual(filled, { ok: true, value: { 'trace-bin': 'AAECAw' } });
});

for (const [name, value] of [
  ['a b', 'x'],
  [':path', 'x'],
  ['grpc-timeout', '1S'],
  ['content-type', 'x'],
  ['te', 'x'],
  ['host', 'x'],
  ['a', 'line\nbreak'],
  ['a', 'é'],
  ['a-bin', '***'],
] as const) {
  test(`metadata that cannot be sent: ${name}: ${JSON.stringify(value)}`, async () => {
    const { filled } = await fill({ [name]: value });
    assert.equal(!filled.ok && filled.fault.code, 'PROBER_INVALID_CHECK');
  });
}

test('the time that is left, in the finest unit that fits, never shorter and never 0', () => {
  assert.deepEqual([0, -5, 0.2, 10_000, 99_999_999, 100_000_001, 1e14, 1e30].map(grpcTimeout), [
    '1m',
    '1m',
    '1m',
    '10000m',
    '99999999m',
    '100001S',
    '27777778H',
    '99999999H',
  ]);
});

test('headers of the protocol cannot be overridden, those of the trace can', () => {
  const headers = callHeaders('/a/B', { traceparent: 'mine' }, { traceparent: 'ours' });
  assert.deepEqual(
    [headers[':path'], headers.te, headers['content-type'], headers.traceparent],
    ['/a/B', 'trailers', 'application/grpc', 'mine'],
  );
  assert.equal('grpc-timeout' in headers, false);
});
