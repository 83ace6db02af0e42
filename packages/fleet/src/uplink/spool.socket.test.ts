import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { silentLogger, sleep, systemClock } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import { sampleResult } from '../testing/parts.ts';
import { Spool, type SpoolOptions } from './spool.ts';

/** Of POSIX: whoever opens what it makes waits until somebody opens the other end. */
const MAKE_PIPE = 'mkfifo';

const top = await mkdtemp(join(tmpdir(), 'holdfast-spool-'));
after(() => rm(top, { recursive: true, force: true }));

async function opened(name: string, options: Partial<SpoolOptions> = {}) {
  const clock = new SimulatedClock();
  const folder = join(top, name);
  const spool = await Spool.open({ folder, clock, logger: silentLogger, ...options });
  return { clock, folder, spool };
}

/** Everything that waits, in order, taken out. */
async function drained(spool: Spool): Promise<number[]> {
  const numbers: number[] = [];
  for (let batch = await spool.next(); batch !== undefined; batch = await spool.next()) {
    assert.ok(batch.results.length <= 500);
    numbers.push(...batch.results.map(({ key }) => Number(key.check.slice('check-'.length))));
    spool.done(batch);
  }
  return numbers;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

function fill(spool: Spool, from: number, to: number): void {
  for (const number of range(from, to)) spool.push(sampleResult(number));
}

/** Passes time until the disk has it; file work needs real turns of the loop. */
async function spilled(clock: SimulatedClock, folder: string): Promise<void> {
  for (let turns = 0; turns < 500; turns += 1) {
    await clock.advanceAsync(100);
    await sleep(systemClock, 1);
    if (turns > 15 && (await readdir(folder)).some((name) => name.endsWith('.spool'))) return;
  }
  assert.fail('nothing was written');
}

test('what is delivered soon never touches the disk; batches come in order and again until done', async () => {
  const { clock, folder, spool } = await opened('quick');
  fill(spool, 0, 1_200);
  const first = await spool.next();
  assert.deepEqual(await spool.next(), first, 'the same until it is done');
  assert.deepEqual(await drained(spool), range(0, 1_200));
  await clock.advanceAsync(5_000);
  assert.deepEqual(await readdir(folder), []);
  assert.equal(spool.waiting, 0);
  await spool.close();
});

test('what waits outlives its process, in order; files go once they are delivered', async () => {
  const { clock, folder, spool } = await opened('outlives');
  fill(spool, 0, 2_500);
  await spilled(clock, folder);
  fill(spool, 2_500, 2_600);
  const head = await spool.next();
  assert.equal(head?.results.length, 500);
  await spool.close();
  const { spool: again } = await opened('outlives');
  assert.equal(again.waiting, 2_600);
  fill(again, 2_600, 2_700);
  assert.deepEqual(await drained(again), range(0, 2_700));
  await again.close();
  assert.deepEqual(await readdir(folder), []);
});

test('a torn tail is cut, and a folder full of rubbish does no harm', async () => {
  const { folder, spool } = await opened('torn');
  fill(spool, 0, 10);
  await spool.close();
  const [name = ''] = await readdir(folder);
  await appendFile(join(folder, name), Buffer.from([200, 0, 0, 0, 1, 2, 3, 4, 123]));
  await writeFile(join(folder, '0000000000000900.spool'), 'no frames at all');
  await writeFile(join(folder, 'notes.txt'), 'not ours');
  const whole = (await readFile(join(folder, name))).length - 9;
  const { spool: again } = await opened('torn');
  assert.equal((await readFile(join(folder, name))).length, whole);
  fill(again, 10, 12);
  await again.close();
  const { spool: third } = await opened('torn');
  assert.deepEqual(await drained(third), range(0, 12));
  await third.close();
});

test('damage on the disk while we run is counted and costs no more than it hit', async () => {
  const { clock, folder, spool } = await opened('damaged', {
    memory: { bytesMax: 40_000, countMax: 1_000_000 },
  });
  fill(spool, 0, 90);
  await spilled(clock, folder);
  fill(spool, 90, 130);
  const [name = ''] = await readdir(folder);
  await writeFile(join(folder, name), 'gone');
  const numbers = await drained(spool);
  assert.deepEqual(numbers.slice(-40), range(90, 130));
  assert.equal(numbers.length + spool.shed, 130);
  await spool.close();
});

test('a disk that cannot be read for a moment loses nothing, and what is younger waits for it', async () => {
  const { folder, spool } = await opened('moment');
  fill(spool, 0, 10);
  await spool.close();
  const { clock, spool: again } = await opened('moment');
  const [name = ''] = await readdir(folder);
  const [place, aside] = [join(folder, name), join(top, 'aside')];
  await rename(place, aside);
  await mkdir(place);
  fill(again, 10, 20);
  assert.equal(await again.next(), undefined);
  let isReady = false;
  const ready = again.whenWaiting(new AbortController().signal).then(() => {
    isReady = true;
  });
  await clock.advanceAsync(900);
  assert.equal(isReady, false, 'it is not asked without a pause');
  await rmdir(place);
  await rename(aside, place);
  await clock.advanceAsync(200);
  await ready;
  assert.deepEqual(await drained(again), range(0, 20));
  assert.equal(again.shed, 0);
  await again.close();
});

test('a disk that hangs does not keep us from ending', async () => {
  const { clock, folder, spool } = await opened('hanging');
  const pipe = join(folder, '0000000000000001.spool');
  execFileSync(MAKE_PIPE, [pipe]);
  fill(spool, 0, 10);
  let isClosed = false;
  const closing = spool.close().then(() => {
    isClosed = true;
  });
  await clock.advanceAsync(4_900);
  assert.equal(isClosed, false);
  await clock.advanceAsync(200);
  await closing;
  // Somebody reads at last, so that nothing of this test is left behind.
  await readFile(pipe);
});

test('a full disk: memory only, said so, and back on disk once there is room', async () => {
  const { clock, folder, spool } = await opened('full');
  await symlink('/dev/full', join(folder, '0000000000000001.spool'));
  fill(spool, 0, 10);
  for (let turns = 0; spool.problem === undefined && turns < 500; turns += 1) {
    await clock.advanceAsync(100);
    await sleep(systemClock, 1);
  }
  assert.match(spool.problem ?? '', /^Results wait in memory only: ENOSPC/);
  assert.deepEqual((await spool.next())?.results.length, 10);
  for (let turns = 0; spool.problem !== undefined && turns < 500; turns += 1) {
    await clock.advanceAsync(100);
    await sleep(systemClock, 1);
  }
  assert.equal(spool.problem, undefined);
  await spool.close();
  const { spool: again } = await opened('full');
  assert.deepEqual(await drained(again), range(0, 10));
  await again.close();
});

test('a folder that cannot be made is said, and probing goes on', async () => {
  await writeFile(join(top, 'a-file'), '');
  const { spool } = await opened('a-file/folder');
  assert.match(spool.problem ?? '', /ENOTDIR/);
  fill(spool, 0, 3);
  assert.deepEqual(await drained(spool), range(0, 3));
  await spool.close();
});

test('bounded: the oldest are shed and counted, in memory and on disk', async () => {
  const memory = { bytesMax: 1_000_000_000, countMax: 100 };
  const clock = new SimulatedClock();
  const spool = await Spool.open({ clock, logger: silentLogger, memory });
  fill(spool, 0, 250);
  assert.equal(spool.shed, 150);
  assert.deepEqual(await drained(spool), range(150, 250));
  spool.push({ ...sampleResult(0), detail: { body: 'x'.repeat(1_000_001) } });
  assert.equal(spool.shed, 151);
  assert.equal(spool.waiting, 0);
  await spool.close();
  const disk = { bytesMax: 1_000_000_000, countMax: 5_000 };
  const { spool: second } = await opened('bounded', { disk });
  fill(second, 0, 12_000);
  await second.close();
  const { spool: third } = await opened('bounded', { disk });
  const kept = await drained(third);
  assert.ok(kept.length <= 5_000 && kept.length > 2_000, `${kept.length} kept`);
  assert.deepEqual(kept, range(12_000 - kept.length, 12_000));
  await third.close();
});

test('killed at any moment it loses at most the last second, and nothing twice within one life', async () => {
  const folder = join(top, 'killed');
  const program = fileURLToPath(new URL('./testdata/spool-writer.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, folder],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let seen = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen = Number(text.trim().split('\n').at(-1));
    if (seen >= 20) child.kill('SIGKILL');
  });
  await once(child, 'close');
  const { spool } = await opened('killed');
  const numbers = await drained(spool);
  assert.ok(numbers.length > 0);
  assert.deepEqual(numbers, range(0, numbers.length), 'in order, without a gap');
  assert.ok(numbers.length >= (seen - 13) * 10, `${numbers.length} of ${seen * 10}`);
  await spool.close();
});
