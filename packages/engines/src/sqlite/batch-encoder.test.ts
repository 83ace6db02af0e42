import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fault, seededChance } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';
import fastCheck from 'fast-check';
import { sampleResult } from '../results/sample-results.ts';
import { BatchEncoder, TEMPLATE_SLOT_MS } from '../rows/batch-encoder.ts';
import type { RowPage } from '../rows/row-columns.ts';
import { writeBody } from './row-body.ts';
import { decodeRows } from './row-decoder.ts';

function run(plannedAtMs: number, rest: Partial<ProbeResult> = {}): ProbeResult {
  const sample = sampleResult(seededChance(plannedAtMs), { check: 'web', plannedAtMs });
  return { ...sample, ...rest };
}

/** The pages as a store would give them back: rows of the last, templates of all. */
function joined(pages: readonly RowPage[]): RowPage {
  const last = pages.at(-1);
  assert.ok(last);
  return {
    columns: last.columns,
    templates: pages.flatMap((page) => page.templates),
    certificates: pages.flatMap((page) => page.certificates),
  };
}

it('sends a template once, and after a reset again', () => {
  const encoder = new BatchEncoder(writeBody);
  const first = encoder.encode([run(1000), run(2000)], 0);
  assert.equal(first.templates.length, 1);
  assert.equal(first.certificates.length, 3);
  assert.equal(first.fresh, true);
  const second = encoder.encode([run(3000)], 0);
  assert.deepEqual(
    [second.templates.length, second.certificates.length, second.fresh],
    [0, 0, false],
  );
  assert.deepEqual(decodeRows(joined([first, second])), [run(3000)]);
  encoder.reset(50);
  const third = encoder.encode([run(4000)], 0);
  assert.deepEqual([third.templates[0]?.id, third.fresh], [50, true]);
});

it('renews templates in time, so that none outlives the rows it serves for long', () => {
  const encoder = new BatchEncoder(writeBody);
  const before = encoder.encode([run(TEMPLATE_SLOT_MS - 1)], 0);
  assert.equal(before.templates[0]?.untilMs, TEMPLATE_SLOT_MS);
  assert.equal(encoder.encode([run(TEMPLATE_SLOT_MS)], 0).templates.length, 1);
  const nowMs = 5 * TEMPLATE_SLOT_MS;
  const late = encoder.encode([run(1000)], nowMs);
  assert.equal(late.templates[0]?.untilMs, nowMs + TEMPLATE_SLOT_MS, 'late rows too');
});

it('takes a new template when the old one has ceased to fit', () => {
  const encoder = new BatchEncoder(writeBody);
  encoder.encode([run(0)], 0);
  const excerpt = 'another page altogether '.repeat(80);
  const changed = Array.from({ length: 20 }, (_, i) =>
    run(i, { detail: { body_excerpt: excerpt } }),
  );
  const batch = encoder.encode(changed, 0);
  assert.equal(batch.templates.length, 1);
  const tail = encoder.encode([run(99, { detail: { body_excerpt: excerpt } })], 0);
  assert.ok(tail.columns.bodies.length < 300, `${tail.columns.bodies.length} bytes`);
});

it('keeps a full HTTPS run in few bytes', () => {
  const encoder = new BatchEncoder(writeBody);
  const rows = Array.from({ length: 100 }, (_, i) => run(i * 1000));
  const batch = encoder.encode(rows, 0);
  assert.ok(batch.columns.bodies.length / 100 < 200, `${batch.columns.bodies.length / 100} a row`);
});

it('gives back any run, whatever its neighbours', () => {
  const milliseconds = fastCheck.oneof(
    fastCheck.double({ min: 0, max: 1e7, noNaN: true }).map(Math.abs),
    fastCheck.nat(2_000_000).map((microseconds) => microseconds / 1000),
  );
  const phase = fastCheck.record(
    {
      name: fastCheck.constantFrom('resolve', 'connect', 'tls', 'write', 'wait', 'transfer'),
      hop: fastCheck.nat(12),
      startMs: milliseconds,
      durationMs: milliseconds,
    },
    { noNullPrototype: true },
  );
  const json = fastCheck
    .jsonValue({ maxDepth: 3 })
    .map((value) => JSON.parse(JSON.stringify(value)));
  const row = fastCheck.record({
    plannedAtMs: fastCheck.nat(2 ** 31 - 1),
    rest: fastCheck.record(
      {
        agent: fastCheck.string({ unit: 'binary' }),
        detail: fastCheck.dictionary(fastCheck.string(), json, { noNullPrototype: true }),
        phases: fastCheck.array(phase, { maxLength: 8 }),
        totalMs: milliseconds,
        scheduleLagMs: milliseconds,
        status: fastCheck.constantFrom('up', 'down', 'timeout', 'invalid'),
        context: fastCheck.constantFrom({}, { peerPort: 80 }, { urls: ['a', 'b'], ipVersion: 6 }),
        fault: fastCheck.constantFrom(fault('TIMEOUT', 'late', 'wait'), fault('TIMEOUT', 'later')),
      },
      { requiredKeys: [] },
    ),
  });
  const property = fastCheck.property(fastCheck.array(row, { maxLength: 12 }), (plan) => {
    const rows = plan.map(({ plannedAtMs, rest }) =>
      run(plannedAtMs, rest as Partial<ProbeResult>),
    );
    const batch = new BatchEncoder(writeBody).encode(rows, 0);
    assert.deepEqual(batch.refused, []);
    assert.deepEqual(decodeRows(batch), rows);
  });
  fastCheck.assert(property, { numRuns: 200, seed: 11 });
});
