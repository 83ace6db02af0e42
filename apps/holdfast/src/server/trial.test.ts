// A trial measures what was written, and gives its caller nothing that the configuration does not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import { compileTerseCheck } from '@holdfast/resources/load';
import { sampleResult } from '../testing/sample.ts';
import { tryCheck } from './trial.ts';

const HEADERS = { Authorization: 'Bearer ${env:SHOP_TOKEN}' };
const SHOP = { name: 'shop', type: 'http', target: 'http://127.0.0.1:80/', headers: HEADERS };

function compiled(written: Record<string, unknown>): CompiledCheck {
  const made = compileTerseCheck(written, () => '');
  assert.ok(made.ok);
  return made.check;
}

async function tried(written: Record<string, unknown>) {
  const asked: CompiledCheck[] = [];
  const agent = {
    try: async (check: CompiledCheck) => {
      asked.push(check);
      return sampleResult();
    },
  };
  const inForce = { checks: [compiled(SHOP)], faultTable: { entries: [] }, plugins: [] };
  return { ...(await tryCheck(written, inForce, agent, 'a'.repeat(32))), asked };
}

test('what is written is measured, within half a minute, and a name is not needed', async () => {
  const { name, headers, ...plain } = SHOP;
  const { result, problems, asked } = await tried({ ...plain, interval: '5m', timeout: '60s' });
  assert.deepEqual(problems, []);
  assert.equal(result?.status, 'up');
  assert.equal(asked[0]?.name, 'trial');
  assert.equal(asked[0]?.timeoutMs, 30_000);
  assert.ok(name && headers);
});

test('faults are told with their path, and nothing is asked', async () => {
  const { result, problems, asked } = await tried({ type: 'http', target: 'http://x/', expct: {} });
  assert.equal(result, undefined);
  assert.equal(problems[0]?.path, 'expct');
  assert.match(problems[0]?.hint ?? '', /expect/);
  assert.equal(asked.length, 0);
});

test('a secret goes where a check in force sends it, and nowhere else', async () => {
  const same = await tried({ ...SHOP, target: 'http://127.0.0.1:80/other' });
  assert.deepEqual(same.problems, []);
  const strange = [
    { target: 'http://127.0.0.2:80/' },
    { target: 'http://127.0.0.1:81/' },
    { target: 'https://127.0.0.1:80/' },
    { method: 'DELETE' },
    { headers: { Authorization: 'Bearer ${env:HOME}' } },
    { headers: {}, body: '${file:/etc/passwd}', method: 'GET' },
    { namespace: 'other' },
  ];
  for (const change of strange) {
    const { problems, asked } = await tried({ ...SHOP, ...change });
    assert.equal(asked.length, 0, JSON.stringify(change));
    assert.match(problems[0]?.message ?? '', /\$\{(env|file):/, JSON.stringify(change));
  }
  const plain = await tried({ ...SHOP, target: 'http://127.0.0.2/', headers: { A: '$${env:X}' } });
  assert.deepEqual(plain.problems, []);
});

test('no file of the server is read, and one measurement is one', async () => {
  const withFile = { ...SHOP, target: 'https://127.0.0.1/', tls: { ca: '/etc/passwd' } };
  const { problems } = await tried(withFile);
  assert.match(problems[0]?.message ?? '', /cannot be read \(files are not read for the API\)/);
  for (const more of [{ targets: ['http://127.0.0.1:81/'] }, { retries: { attempts: 3 } }]) {
    assert.match((await tried({ ...SHOP, ...more })).problems[0]?.message ?? '', /one measurement/);
  }
});
