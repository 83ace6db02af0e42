import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunSecrets } from '../secrets.ts';
import { httpSpec } from '../testing/checks.ts';
import { fillRequest, hideCredentials, planFor, shownUrl } from './http-plan.ts';

function secrets(environment: Record<string, string> = {}): RunSecrets {
  return new RunSecrets({ environment, readFile: () => '' });
}

test('without placeholders the first request is made once per check', () => {
  const spec = httpSpec({ url: 'http://h.test/' });
  assert.equal(planFor(spec).request, planFor(spec).request);
  assert.ok(planFor(spec).request?.ok);
  assert.equal(planFor(httpSpec({ url: 'http://h.test/${env:A}' })).request, undefined);
  assert.equal(planFor(httpSpec({ url: 'http://h.test/', body: '${file:a}' })).request, undefined);
});

test('a URL is shown without credentials, fragment and secrets', () => {
  assert.equal(shownUrl('https://user:pass@h.test/a@b?c#d'), 'https://h.test/a@b?c');
  const spec = httpSpec({ url: 'https://${env:U}:${env:P}@h.test/?t=${env:T}' });
  assert.equal(planFor(spec).shownUrl, 'https://h.test/?t=<secret>');
});

test('user and password become basic authorization, unless one is given', async () => {
  const authorization = async (headers: Record<string, string>) => {
    const parts = await fillRequest(
      httpSpec({ url: 'http://us%40er:p%3Ass@h.test/', headers }),
      secrets(),
    );
    return parts.ok ? parts.value.headers.map(({ name, value }) => `${name}: ${value}`) : [];
  };
  const expected = `Authorization: Basic ${Buffer.from('us@er:p:ss').toString('base64')}`;
  assert.deepEqual(await authorization({}), [expected]);
  assert.deepEqual(await authorization({ authorization: 'Bearer x' }), ['authorization: Bearer x']);
});

test('credentials that were written in plain are hidden like secrets', async () => {
  const headers = { Authorization: 'Bearer token-1' };
  const parts = await fillRequest(
    httpSpec({ url: 'http://u:password@h.test/', headers }),
    secrets(),
  );
  const hidden = secrets();
  assert.ok(parts.ok);
  hideCredentials(parts.value, hidden);
  assert.equal(hidden.redact('password token-1'), '<secret> <secret>');
});
