import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readDescriptorSet } from './descriptor-set.ts';

const never = () => assert.fail('nothing is read');
const base64 = (...bytes: number[]) => Buffer.from(bytes).toString('base64');

test('base64 of whole files is taken as it is, anything else is the name of a file', () => {
  const long = base64(0x0a, 0x80, 0x01, ...Array<number>(128).fill(1), 0x0a, 0x00);
  for (const set of [base64(0x0a, 1, 0), base64(0x0a, 0, 0x0a, 0), long])
    assert.deepEqual(readDescriptorSet(set, never), { ok: true, base64: set });
  const read = (set: string) => readDescriptorSet('orders.binpb', () => set);
  assert.ok(read(base64(0x0a, 1, 0)).ok);
  const cut = [base64(0x0a), base64(0x0a, 2, 0), base64(0x0a, 0x80), base64(0x0a, 0, 0x12, 0)];
  const endless = base64(0x0a, ...Array<number>(10).fill(0xff));
  for (const bad of ['', 'no base64', ...cut, endless]) assert.ok(!read(bad).ok, bad);
  const large = Buffer.alloc(17 * 1024 * 1024).toString('base64');
  const refused = read(large);
  assert.ok(!refused.ok && refused.message.includes('16 MiB'));
});

test('any bytes are answered', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      readDescriptorSet('x.binpb', () => Buffer.from(bytes).toString('base64'));
    }),
  );
});
