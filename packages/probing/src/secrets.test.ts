import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { seededChance } from '@holdfast/kernel';
import { redactAll } from './redaction.ts';
import { holdsPlaceholder, maskPlaceholders, RunSecrets, readSecretFile } from './secrets.ts';

const files: Record<string, string> = { '/run/token': 'from-file\n' };

function secrets(environment: Record<string, string | undefined> = {}): RunSecrets {
  return new RunSecrets({
    environment,
    readFile(path) {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error('gone'), { code: 'ENOENT' });
      return text;
    },
  });
}

async function filled(text: string, environment: Record<string, string> = {}): Promise<string> {
  const outcome = await secrets(environment).fill(text);
  return outcome.ok ? outcome.value : outcome.fault.code;
}

test('fills variables and files, writes an escaped placeholder plainly', async () => {
  assert.equal(await filled('a ${env:A} b ${file:/run/token}', { A: '1' }), 'a 1 b from-file');
  assert.equal(
    await filled('$${env:A} ${other:x} ${env:A', { A: '1' }),
    '${env:A} ${other:x} ${env:A',
  );
  assert.equal(await filled('${env:A}', { A: '$& ${env:B}', B: 'never' }), '$& ${env:B}');
});

test('what is missing is told by name, never filled with nothing', async () => {
  assert.equal(await filled('${env:NOPE}'), 'PROBER_SECRET_MISSING');
  const outcome = await secrets().fill('${file:/nope}');
  assert.match(outcome.ok ? '' : outcome.fault.message, /\/nope.*ENOENT/);
});

test('asking for placeholders has no memory', () => {
  for (const _ of [1, 2, 3]) assert.equal(holdsPlaceholder('${env:A}'), true);
  assert.deepEqual([holdsPlaceholder('$${env:A}'), holdsPlaceholder('$env:A')], [true, false]);
  assert.equal(maskPlaceholders('a ${env:A} $${env:B}'), 'a <secret> ${env:B}');
});

test('a value is hidden in every spelling a server may echo it in', async () => {
  const value = 'p"ä ss/w&rd+';
  const hidden = secrets({ P: value });
  await hidden.fill('${env:P}');
  const echoes = [
    value,
    encodeURIComponent(value),
    new URLSearchParams({ p: value }).toString(),
    JSON.stringify({ p: value }),
    Buffer.from(value).toString('base64'),
    new URL(`http://h/${value}`).href,
  ];
  for (const echo of echoes) {
    assert.match(hidden.redact(`<${echo}>`), /<secret>/, echo);
  }
});

test('the longer value is hidden before its part; short ones are left alone', () => {
  const hidden = secrets();
  hidden.hide('secret');
  hidden.hide('secret-and-more');
  hidden.hide('abc');
  assert.equal(hidden.redact('secret-and-more abc'), '<secret> abc');
  assert.equal(secrets().any, false);
});

test('redaction reaches every text of a value, and no key', () => {
  const result = redactAll({ a: ['x-key', 1, null], key: { b: 'y' } }, (text) =>
    text.replace('key', '*'),
  );
  assert.deepEqual(result, { a: ['x-*', 1, null], key: { b: 'y' } });
});

test('a secret that was cut is hidden by its beginning', () => {
  const hidden = secrets();
  hidden.hide('long-secret-value');
  assert.equal(hidden.redact('body: long-sec'), 'body: <secret>');
  assert.equal(hidden.redact('it is "long-secret-…, wanted 1'), 'it is "<secret>…, wanted 1');
  assert.equal(hidden.redact('long and lon'), 'long and lon');
});

test('what is remembered is bounded', () => {
  const hidden = secrets();
  for (let at = 0; at < 2000; at += 1) hidden.hide(`value-${at}`);
  assert.equal(hidden.redact('value-0 value-1999'), 'value-0 <secret>');
});

test('a file that is too large to be a secret is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'secrets-'));
  const path = join(folder, 'token');
  await writeFile(path, 'x'.repeat(64 * 1024));
  assert.equal((await readSecretFile(path)).length, 64 * 1024);
  await writeFile(path, 'x'.repeat(64 * 1024 + 1));
  await assert.rejects(readSecretFile(path), /64 KiB/);
  await rm(folder, { recursive: true });
});

test('a uuid is one for a run, of chance, and no secret', async () => {
  const run = () =>
    new RunSecrets({ environment: {}, readFile: () => '', chance: seededChance(7) });
  const one = run();
  const first = await one.fill('a ${uuid} b ${uuid}');
  const [, left, right] = /^a (\S+) b (\S+)$/.exec(first.ok ? first.value : '') ?? [];
  assert.match(left ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual([right, one.uuid, one.any], [left, left, false]);
  assert.deepEqual(await run().fill('${uuid}'), { ok: true, value: left });
  assert.equal(maskPlaceholders('/x?id=${uuid}'), '/x?id=${uuid}');
});

test('tokens are filled from what the run was given, and hidden', async () => {
  const hidden = secrets();
  assert.equal((await hidden.fill('${token:a}')).ok, false);
  hidden.adoptTokens(new Map([['a', 'value-of-a']]));
  assert.deepEqual(await hidden.fill('Bearer ${token:a}'), {
    ok: true,
    value: 'Bearer value-of-a',
  });
  assert.equal(hidden.redact('it was value-of-a'), 'it was <secret>');
});
