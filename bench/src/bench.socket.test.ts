import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Report, Row } from './report.ts';
import { tableOf } from './table.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

interface Ended {
  code: number | null;
  out: string;
  errors: string;
}

async function bench(words: string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended: Ended = { code: null, out: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    ended.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    ended.errors += text;
  });
  ended.code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return ended;
}

function assertSound(row: Row): void {
  // What must not happen is counted, and what cannot be told from the control is 0.
  assert.ok(row.ours > 0 || row.against === undefined, row.metric);
  assert.ok(row.ours >= 0, row.metric);
  assert.ok(row.spread.ours[0] <= row.ours && row.ours <= row.spread.ours[1], row.metric);
  assert.notEqual(row.pass === undefined, row.skipped === undefined, row.metric);
  assert.equal(row.theirs === undefined, row.ratio === undefined, row.metric);
  if (row.theirs === undefined || row.ratio === undefined) return;
  const ratio = row.ours / row.theirs;
  assert.ok(Math.abs(ratio - row.ratio) / ratio < 0.002, row.metric);
}

test('the bench probing measures every claim, as JSON and as a table', async () => {
  const { code, out, errors } = await bench(['probing', '--quick', '--json']);
  assert.equal(code, 0, errors);
  const report: Report = JSON.parse(out);
  assert.equal(report.bench, 'probing');
  assert.equal(report.machine.node, process.version);
  for (const row of report.rows) assertSound(row);
  const rivals = new Set(report.rows.map(({ metric, against }) => `${metric} / ${against}`));
  for (const rival of ['node:net', 'node:http', 'blackbox_exporter'])
    assert.ok(rivals.has(`http CPU / ${rival}`), rival);
  assert.ok(rivals.has('tcp CPU / node:net'));
  assert.ok(rivals.has('https CPU / node:tls'));
  const floors = report.rows.filter(({ against }) => against?.startsWith('node:'));
  assert.ok(floors.every(({ theirs }) => theirs !== undefined));
  const lines = tableOf(report).split('\n');
  assert.ok(lines.every((line) => line.length <= 125));
});

test('the bench engines measures its parts beside their floors', async () => {
  const parts = ['mirror', 'catch-up', 'embedded', 'events', 'results'];
  const { code, out, errors } = await bench(['engines', ...parts, '--quick', '--json']);
  assert.equal(code, 0, errors);
  const report: Report = JSON.parse(out);
  for (const row of report.rows) assertSound(row);
  const rivals = new Set(report.rows.map(({ against }) => against));
  for (const rival of ['raw watch', 'etcd, one node', 'bare fdatasync', 'bare pipelines'])
    assert.ok(rivals.has(rival), rival);
  const swapped = report.rows.find(({ metric }) => metric.endsWith('swapped'));
  assert.equal(swapped?.ours, 0);
  const lines = tableOf(report).split('\n');
  assert.ok(lines.every((line) => line.length <= 125));
});

test('a wrong name is answered with what there is', async () => {
  const { code, out, errors } = await bench(['probng']);
  assert.equal(code, 2);
  assert.equal(out, '');
  assert.match(errors, /There is no bench "probng"\. Did you mean "probing"\?/);
  assert.match(errors, /^ {2}probing {2}\S/m);
});
