// What a server has put away, seen and fetched back by the commands, as they are typed.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ResultList } from '@holdfast/resources/api';
import { TOP } from '../source-files.ts';
import { getJson, holdfast, startUp, temporaryFolder, until } from './holdfast-process.ts';
import { keepOldResults } from './old-results.ts';

const RUNS_A_DAY = 144;
const folder = temporaryFolder();
const archive = join(folder.path, 'archive');
after(() => folder.remove());

function run(...words: string[]) {
  return holdfast(['archive', ...words], { cwd: folder.path });
}

function manifests(): string[] {
  return existsSync(archive) ? readdirSync(archive).filter((name) => name.endsWith('.json')) : [];
}

before(async () => {
  const data = join(folder.path, 'server');
  mkdirSync(data);
  await keepOldResults(join(data, 'holdfast.db'), '2026-03-01', 3);
  const file = join(folder.path, 'shop.yaml');
  writeFileSync(file, 'checks: [{ name: shop, target: "tcp://127.0.0.1:1" }]\n');
  const server = await startUp(['--file', file, '--data', data, '--archive', archive]);
  try {
    assert.ok(server.said().includes(`archive  ${archive}`), server.said());
    await until(() => manifests().length === 3 || undefined);
    // What has left the store is answered all the same.
    const range = `from=${Date.parse('2026-03-02')}&to=${Date.parse('2026-03-03')}&limit=1000`;
    const url = `${server.url}/api/v1/checks/default/shop/results?${range}`;
    const { results } = await getJson<ResultList>(url);
    assert.equal(results.length, RUNS_A_DAY);
  } finally {
    await server.stop();
  }
});

test('list tells of each day', async () => {
  const { code, out } = await run('list', 'archive');
  assert.equal(code, 0);
  assert.match(out, /^2026-03-02 +144 +0\.\d MB +1$/m);
  assert.match(out, /^3 days, 432 results, /m);
  const { days } = JSON.parse((await run('list', 'archive', '--json')).out);
  assert.deepEqual(
    days.map(({ day, rows }: { day: string; rows: number }) => [day, rows]),
    ['2026-03-01', '2026-03-02', '2026-03-03'].map((day) => [day, RUNS_A_DAY]),
  );
});

test('read gives a run a line, of what is asked for, and ends with its reader', async () => {
  const words = ['read', 'archive', '--check', 'shop'];
  const { code, out } = await run(...words, '--from', '2026-03-01T12:00Z', '--to', '2026-03-02');
  assert.equal(code, 0);
  const runs = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(runs.length, RUNS_A_DAY / 2);
  assert.equal(runs[0].key.plannedAtMs, Date.parse('2026-03-01T12:00Z'));
  assert.deepEqual(await run('read', 'archive', '--check', 'other'), {
    code: 0,
    out: '',
    error: '',
  });
  const launcher = join(TOP, 'apps/holdfast/bin/holdfast.js');
  const piped = `"${process.execPath}" "${launcher}" archive read archive | head -n 1; echo "\${PIPESTATUS[0]}"`;
  const shell = spawn('bash', ['-c', piped], { cwd: folder.path });
  let [said, complained] = ['', ''];
  shell.stdout.on('data', (chunk) => (said += chunk));
  shell.stderr.on('data', (chunk) => (complained += chunk));
  await once(shell, 'close');
  assert.equal(complained, '');
  const [first = '', status] = said.trim().split('\n');
  assert.equal(JSON.parse(first).key.check, 'shop');
  assert.equal(status, '0');
});

test('restore puts a day into a store once, and refuses one that has counted it', async () => {
  const words = ['restore', 'archive', '2026-03-02', '--json'];
  const first = await run(...words, '--data', 'march');
  assert.equal(first.code, 0, first.error);
  assert.equal(JSON.parse(first.out).restored, RUNS_A_DAY);
  const again = JSON.parse((await run(...words, '--data', 'march')).out);
  assert.deepEqual([again.restored, again.alreadyThere], [0, RUNS_A_DAY]);
  const counted = await run(...words, '--data', 'server');
  assert.equal(counted.code, 2);
  assert.match(counted.error, /still counts 144 runs of 2026-03-02 and has 0/);
});

test('what is called wrongly, is not there or is none is said with what to do', async () => {
  const calls = [
    [['verfy', 'archive'], 2, /Did you mean `holdfast archive verify`/],
    [['list'], 2, /folder of the archive is missing/],
    [['list', 'nowhere'], 1, /there is no folder .*nowhere \[NOT_FOUND\]/],
    [['list', 'shop.yaml'], 1, /shop\.yaml is no folder/],
    [['list', 'server'], 1, /no archived day in/],
    [['list', 'archive', '2026-03-01'], 2, /takes no day/],
    [['list', 'archive', '--check', 'shop'], 2, /knows no --check/],
    [['verify', 'archive', '2026-03-07'], 1, /Nearest are: 2026-03-03\./],
    [['verify', 'archive', '2026-13-01'], 2, /is no day/],
    [['read', 'archive', '--from', 'monday'], 2, /is no time/],
    [['read', 'archive', '--from', '2026-03-02', '--to', '2026-03-02'], 2, /not after/],
    [['restore', 'archive', '2026-02-01', '--data', 'x'], 1, /Nearest are: 2026-03-01\./],
    [['restore', 'archive', '2026-03-01'], 2, /needs to know where to/],
    [['restore', 'archive', '--data', 'x'], 2, /takes one day/],
  ] as const;
  const ended = await Promise.all(calls.map(([words]) => run(...words)));
  for (const [index, [words, code, said]] of calls.entries()) {
    const { code: ends, out, error } = ended[index] ?? { code: null, out: '', error: '' };
    assert.equal(ends, code, `${words.join(' ')}: ${out}${error}`);
    assert.match(error, said);
  }
  const up = await holdfast(['up', '--demo', '--archive', 'shop.yaml'], { cwd: folder.path });
  assert.match(up.error, /shop\.yaml is no folder \[STORE_FAILED\]\n.*--archive/);
});

test('verify reads all, and tells every damage', async () => {
  const whole = await run('verify', 'archive');
  assert.equal(whole.code, 0, whole.error);
  assert.match(whole.out, /432 results in 3 editions read, whole/);
  const [part = ''] = readdirSync(archive)
    .filter((name) => name.endsWith('.zst'))
    .sort();
  const bytes = readFileSync(join(archive, part));
  writeFileSync(join(archive, part), bytes.subarray(0, bytes.length / 2));
  writeFileSync(join(archive, '2026-03-02-1.json'), '{}');
  const { code, out, error } = await run('verify', 'archive');
  assert.equal(code, 1);
  assert.match(error, /2026-03-01-1\.1\.csv\.zst of 2026-03-01 is not what was written/);
  assert.match(error, /2026-03-02-1\.json/);
  assert.match(out, /144 results in 1 editions read, 2 damaged/);
  assert.equal((await run('verify', 'archive', '2026-03-03', '--json')).code, 1);
  const listed = await run('list', 'archive');
  assert.equal(listed.code, 1);
  assert.match(listed.out, /^2026-03-03 /m);
  const read = await run('read', 'archive', '--check', 'shop', '--to', '2026-03-02');
  assert.match(read.error, /\[STORE_FAILED\]/);
});
