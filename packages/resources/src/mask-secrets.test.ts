import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Channel } from './alert.ts';
import type { Check } from './check.ts';
import { maskSecrets } from './mask-secrets.ts';
import type { Token } from './token.ts';

const envelope = { apiVersion: 'holdfast.dev/v1', metadata: { name: 'a' } } as const;

test('hides what may be a secret, keeps what says where it comes from', () => {
  const check: Check = {
    ...envelope,
    kind: 'Check',
    spec: {
      target: 'https://me:hunter2@a.example/x',
      headers: {
        Accept: 'text/html',
        Authorization: 'Bearer hunter2',
        Cookie: `\${env:COOKIE}`,
        'X-Mixed': `\${env:A}hunter2`,
        'X-Basic': `Basic \${file:/run/basic}`,
      },
      body: '{"password": "hunter2"}',
    },
  };
  const shown = maskSecrets(check);
  assert.ok(!JSON.stringify(shown).includes('hunter2'));
  assert.equal(shown.spec.target, 'https://<secret>@a.example/x');
  assert.deepEqual(shown.spec.headers, {
    Accept: 'text/html',
    Authorization: '<secret>',
    Cookie: `\${env:COOKIE}`,
    'X-Mixed': '<secret>',
    'X-Basic': `Basic \${file:/run/basic}`,
  });
  assert.ok(check.spec.target.includes('hunter2'), 'the original stays');
});

test('metadata and payloads of calls are hidden likewise, the server of a dns check is not', () => {
  const shown = (spec: Check['spec']) =>
    maskSecrets<Check>({ ...envelope, kind: 'Check', spec }).spec;
  const call = shown({
    target: 'grpc://a.example:1',
    metadata: { authorization: 'Bearer hunter2', 'x-key': `\${env:KEY}` },
    payload: { user: { password: 'hunter2' } },
  });
  assert.deepEqual(call.metadata, { authorization: '<secret>', 'x-key': `\${env:KEY}` });
  assert.equal(call.payload, '<secret>');
  assert.deepEqual(shown({ target: 'grpc://a:1', payload: { id: 7 } }).payload, { id: 7 });
  assert.equal(shown({ target: 'dns:///a', server: '1.1.1.1:53' }).server, '1.1.1.1:53');
});

test('the path of a webhook is a secret, its host is not', () => {
  const channel = (url: string): Channel => ({
    ...envelope,
    kind: 'Channel',
    spec: { type: 'webhook', url },
  });
  const shown = (url: string) => {
    const { spec } = maskSecrets(channel(url));
    return spec.type === 'webhook' ? spec.url : '';
  };
  assert.equal(shown('https://h.example/services/hunter2'), 'https://h.example/<secret>');
  assert.equal(shown('https://h.example?key=hunter2'), 'https://h.example/<secret>');
  assert.equal(shown('https://h.example/'), 'https://h.example/');
  assert.equal(shown(`\${env:HOOK}`), `\${env:HOOK}`);
  assert.equal(shown(`\${env:HOOK}/hunter2`).includes('hunter2'), false);
});

test('credentials, keys, dialogues and options are hidden, what names a secret stays', () => {
  const grant = { clientId: 'probe', clientSecret: 'hunter2', parameters: { key: 'hunter2' } };
  const check: Check = {
    ...envelope,
    kind: 'Check',
    spec: {
      target: 'redis://me:hunter2@a.example',
      auth: {
        basic: { username: 'me', password: 'hunter2' },
        bearer: 'hunter2',
        oauth2: { tokenUrl: 'https://login.example', ...grant },
      },
      proxy: { url: 'http://me:hunter2@proxy.example', headers: { 'X-Key': 'hunter2' } },
      tls: { client: { certificate: 'a.pem', key: '-----BEGIN PRIVATE KEY-----hunter2' } },
      dialogue: [{ send: 'PASS hunter2' }, { sendBytes: 'aHVudGVyMg==' }, { send: 'PING' }],
      with: {
        url: 'redis://me:hunter2@b',
        password: 'hunter2',
        list: [{ apiKey: 'hunter2' }],
        n: 1,
      },
    },
  };
  const { spec } = maskSecrets(check);
  assert.doesNotMatch(JSON.stringify(spec), /hunter2|aHVudGVyMg/);
  assert.equal(spec.auth?.basic?.username, 'me');
  assert.deepEqual(spec.dialogue?.at(-1), { send: 'PING' });
  assert.equal(spec.with?.n, 1);
  const token: Token = {
    ...envelope,
    kind: 'Token',
    spec: { url: 'https://login.example', ...grant },
  };
  assert.equal(maskSecrets(token).spec.url, 'https://login.example');
  assert.doesNotMatch(JSON.stringify(maskSecrets(token)), /hunter2/);
  const named: Check['spec'] = {
    target: 'https://a',
    auth: { bearer: `\${token:shop}` },
    tls: { client: { certificate: 'a.pem', key: 'a.key' } },
  };
  assert.deepEqual(maskSecrets<Check>({ ...envelope, kind: 'Check', spec: named }).spec, named);
});
