// What the command line costs beside its work: the whole of `holdfast --help`, and of one `holdfast probe`
// less the probe itself, as people wait for them. Calls come one after the other, with sources compiled
// before; the median counts, the least of them is what the code alone costs.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Clock, systemClock } from '@holdfast/kernel';
import type { BenchOptions } from '../../bench.ts';
import { type Figure, figureOf, type Row, rowOf } from '../../report.ts';
import type { Targets } from '../../targets.ts';

const LAUNCHER = fileURLToPath(
  new URL('../../../../apps/holdfast/bin/holdfast.js', import.meta.url),
);
const CALLS = 20;
const CALLS_QUICK = 3;
/** They fill the compile cache. */
const WARM_UP_CALLS = 2;
const HELP_MS_MAX = 150;
const PROBE_MS_MAX = 250;

export async function benchCommand(
  { quick, progress }: BenchOptions,
  { http }: Targets,
): Promise<Row[]> {
  const [endpoint] = http;
  if (endpoint === undefined) throw new Error('The targets have no endpoint.');
  const calls = quick ? CALLS_QUICK : CALLS;
  const measure = async (words: readonly string[], ownMs: (out: string) => number) => {
    const times: number[] = [];
    for (let call = -WARM_UP_CALLS; call < calls; call += 1) {
      progress(`command ${words[0]}: ${Math.max(0, call)} of ${calls}`);
      const ms = await callMs(words, ownMs, systemClock);
      if (call >= 0) times.push(ms);
    }
    return figureOf(times);
  };
  const target = `http://${endpoint.host}:${endpoint.port}/`;
  return [
    commandRow('holdfast --help', await measure(['--help'], () => 0), HELP_MS_MAX),
    commandRow(
      'holdfast probe, beside the probe',
      await measure(['probe', target, '--json'], (out) => JSON.parse(out).duration_ms),
      PROBE_MS_MAX,
    ),
  ];
}

async function callMs(
  words: readonly string[],
  ownMs: (out: string) => number,
  clock: Clock,
): Promise<number> {
  const startMs = clock.nowMs();
  const child = spawn(process.execPath, [LAUNCHER, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
  const [code] = await once(child, 'close');
  const wholeMs = clock.nowMs() - startMs;
  if (code !== 0) throw new Error(`holdfast ${words.join(' ')} ended with ${code}: ${out}`);
  return wholeMs - ownMs(out);
}

function commandRow(metric: string, ours: Figure, limit: number): Row {
  return rowOf({ metric, unit: 'ms', ours, goal: { of: 'ours', op: '<=', value: limit } });
}
