import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '@holdfast/kernel';
import type { EgressPolicy, IpPreference } from '@holdfast/resources/compiled-check';
import type { Address } from '../prober.ts';
import { createEgressGuard } from './egress-guard.ts';
import { createResolve, type Lookup } from './resolve.ts';

const four = (ip: string): Address => ({ ip, version: 4 });
const six = (ip: string): Address => ({ ip, version: 6 });

interface Wish {
  lookup: Lookup;
  host?: string;
  ip?: IpPreference;
  deny?: string[];
  signal?: AbortSignal;
}

/** The addresses joined, or the fault's code. */
async function resolved({
  lookup,
  host = 'h.test',
  ip = 'any',
  deny = [],
  signal,
}: Wish): Promise<string> {
  const policy: EgressPolicy = { deny, allow: [] };
  const resolve = createResolve(lookup, () => createEgressGuard(policy));
  const outcome = await resolve(host, ip, signal ?? new AbortController().signal);
  return outcome.ok ? outcome.value.map((address) => address.ip).join(' ') : outcome.fault.code;
}

const never: Lookup = () => assert.fail('no lookup was needed');
const failing =
  (code: string): Lookup =>
  () =>
    Promise.reject(Object.assign(new Error(code), { code }));

test('an address needs no lookup, but is asked of the policy', async () => {
  assert.equal(await resolved({ lookup: never, host: '127.0.0.1' }), '127.0.0.1');
  assert.equal(await resolved({ lookup: never, host: '::1' }), '::1');
  assert.equal(
    await resolved({ lookup: never, host: '127.0.0.1', deny: ['127.0.0.0/8'] }),
    'PROBER_EGRESS_DENIED',
  );
});

test('versions are interleaved, the first choice of the resolver stays first', async () => {
  const lookup: Lookup = async () => [
    six('::1'),
    six('::2'),
    six('::3'),
    four('1.1.1.1'),
    four('2.2.2.2'),
  ];
  assert.equal(await resolved({ lookup }), '::1 1.1.1.1 ::2 2.2.2.2 ::3');
  assert.equal(
    await resolved({ lookup: async () => [four('1.1.1.1'), six('::1')] }),
    '1.1.1.1 ::1',
  );
});

test('denied addresses are left out; when none is left the run is ours to blame', async () => {
  const lookup: Lookup = async () => [four('10.0.0.1'), four('192.0.2.1')];
  assert.equal(await resolved({ lookup, deny: ['10.0.0.0/8'] }), '192.0.2.1');
  assert.equal(await resolved({ lookup, deny: ['0.0.0.0/0'] }), 'PROBER_EGRESS_DENIED');
});

test('a name that does not exist, one without the wanted version, a resolver that fails', async () => {
  assert.equal(await resolved({ lookup: failing('ENOTFOUND') }), 'NAME_NOT_FOUND');
  assert.equal(await resolved({ lookup: failing('ENOTFOUND'), ip: '6' }), 'NAME_NOT_FOUND');
  assert.equal(await resolved({ lookup: async () => [] }), 'NAME_NOT_FOUND');
  const onlyFour: Lookup = async (host, family) =>
    family === 6 ? failing('ENOTFOUND')(host, 6) : [four('1.1.1.1')];
  assert.equal(await resolved({ lookup: onlyFour, ip: '6' }), 'NAME_NO_ADDRESS');
  assert.equal(await resolved({ lookup: onlyFour, ip: '4' }), '1.1.1.1');
  assert.equal(await resolved({ lookup: failing('EAI_AGAIN') }), 'NAME_SERVER_FAILED');
  assert.equal(await resolved({ lookup: failing('EMFILE') }), 'PROBER_OUT_OF_DESCRIPTORS');
});

test('the list of addresses is bounded', async () => {
  const lookup: Lookup = async () => Array.from({ length: 100 }, (_, at) => four(`10.0.0.${at}`));
  assert.equal((await resolved({ lookup })).split(' ').length, 16);
});

test('an abort ends the wait at once, a lookup that fails later is no one’s error', async () => {
  const controller = new AbortController();
  let fail = (_: Error) => {};
  const lookup: Lookup = () => new Promise((_, reject) => (fail = reject));
  const waiting = resolved({ lookup, signal: controller.signal });
  controller.abort(fault('TIMEOUT', 'The deadline passed.'));
  assert.equal(await waiting, 'TIMEOUT');
  fail(new Error('too late'));
  assert.equal(await resolved({ lookup: never, signal: controller.signal }), 'TIMEOUT');
});
