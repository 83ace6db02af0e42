import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isHoldfastError, seededChance } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';
import fastCheck from 'fast-check';
import { awkwardResults, sampleResult } from '../results/sample-results.ts';
import { lineOf, linesOf, rowOf } from './csv.ts';

async function* cut(text: string, sizes: readonly number[]): AsyncGenerator<string> {
  for (let at = 0, i = 0; at < text.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    yield text.slice(at, at + size);
    at += size;
  }
}

async function read(text: string, sizes: readonly number[]): Promise<ProbeResult[]> {
  const rows: ProbeResult[] = [];
  for await (const fields of linesOf(cut(text, sizes))) rows.push(rowOf(fields));
  return rows;
}

const isDamaged = (error: unknown) => isHoldfastError(error) && /damaged/.test(error.message);

it('gives back every field of any run, however the text is cut', async () => {
  const text = fastCheck.string({
    unit: fastCheck.constantFrom('a', '"', ',', '\r', '\n', 'é', '\0'),
  });
  const property = fastCheck.asyncProperty(
    fastCheck.array(fastCheck.record({ check: text, target: text, note: text }), { maxLength: 5 }),
    fastCheck.array(fastCheck.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
    async (plan, sizes) => {
      const rows = plan.flatMap(({ check, target, note }, index) => {
        const row = sampleResult(seededChance(index), { check, plannedAtMs: index, failing: 0.5 });
        return [{ ...row, target, detail: { note, [note]: [null, { note }] } }];
      });
      assert.deepEqual(await read(rows.map(lineOf).join(''), sizes), rows);
    },
  );
  await fastCheck.assert(property, { numRuns: 200, seed: 5 });
  const base = sampleResult(seededChance(1), { check: 'web', plannedAtMs: 1 });
  const odd = awkwardResults(base);
  assert.deepEqual(await read(odd.map(lineOf).join(''), [7]), odd);
});

it('refuses what is cut off or none of ours, in bounded time', async () => {
  const line = lineOf(sampleResult(seededChance(1), { check: 'web', plannedAtMs: 1 }));
  for (const length of [1, 10, 100, line.length - 1])
    await assert.rejects(read(line.slice(0, length), [64]), isDamaged);
  for (const text of ['a,b\r\n', '"a"b,c\r\n', line.replace('{', '['), 'x'.repeat(20e6)])
    await assert.rejects(read(text, [65_536]), isDamaged);
});

it('never hangs or throws anything else on garbage', async () => {
  const garbage = fastCheck.string({ unit: fastCheck.constantFrom('"', ',', '\r', '\n', 'x') });
  const property = fastCheck.asyncProperty(garbage, async (text) => {
    await read(text, [3]).catch((error) => assert.ok(isDamaged(error)));
  });
  await fastCheck.assert(property, { numRuns: 500, seed: 6 });
});
