// What the checks of the file in force ask of this machine: open files while everything is down, and room
// on the disk over the time that results are kept. Computed from the file; the store is only looked at.

import { existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { formatDuration } from '@holdfast/kernel';
import type { Configuration } from '@holdfast/resources/load';
import type { Finding } from './finding.ts';

type Checks = Pick<Configuration['checks'][number], 'intervalMs' | 'timeoutMs' | 'paused'>[];
export type Load = Pick<Configuration, 'retention'> & { checks: Checks };

const OPEN_FILES_WANTED = 4_096;
/** Of server, store, pages and alerts, generously. */
const OPEN_FILES_OF_OURS = 256;
/** A socket, and a second one while an address or a proxy is changed. */
const OPEN_FILES_A_PROBE = 2;

/** `limits`: the text of /proc/self/limits; undefined where there is none. */
export function openFiles(load?: Load, limits = textOf('/proc/self/limits')): Finding {
  const name = 'open files';
  if (limits === undefined)
    return { name, verdict: 'warning', text: 'the limit is not known on this system' };
  const limit = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  const count = limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  // Runs of a check never stack: while all targets hang, each check is in flight once at most.
  const running = load?.checks.filter(({ paused }) => !paused).length ?? 0;
  const needed = running * OPEN_FILES_A_PROBE + OPEN_FILES_OF_OURS;
  const wanted = load === undefined ? OPEN_FILES_WANTED : needed;
  const room = `${limit ?? 'unlimited'}, so about ${Math.floor(count / OPEN_FILES_A_PROBE)} probes in flight`;
  const text =
    load === undefined ? room : `${limit ?? 'unlimited'}; ${running} checks need ${needed}`;
  if (count >= wanted) return { name, verdict: 'ok', text };
  return { name, verdict: 'warning', text, cure: `raise it: ulimit -n ${wanted}` };
}

const DAY_MS = 86_400_000;
/** Of full HTTPS results, as the store's README has measured them, and of its sums by minute and hour. */
const BYTES_A_RESULT = 224;
const BYTES_A_MINUTE = 62;
const BYTES_AN_HOUR = 171;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** What else is on the disk grows too. */
const SHARE_MAX = 0.8;

/** `file` need not exist, but some folder above it must. */
export function storeForecast({ checks, retention }: Load, file: string): Finding {
  const name = 'store';
  const running = checks.filter(({ paused }) => !paused);
  const resultsADay = running.reduce((sum, { intervalMs }) => sum + DAY_MS / intervalMs, 0);
  const sums = (stepMs: number, keptMs: number) =>
    running.reduce((sum, { intervalMs }) => sum + keptMs / Math.max(stepMs, intervalMs), 0);
  const bytes =
    (BYTES_A_RESULT * resultsADay * retention.rawMs) / DAY_MS +
    BYTES_A_MINUTE * sums(MINUTE_MS, retention.minuteMs) +
    BYTES_AN_HOUR * sums(HOUR_MS, retention.hourMs);
  const used = [file, `${file}-wal`].reduce((sum, path) => sum + sizeOf(path), 0);
  const { bavail, bsize } = statfsSync(existingAbove(file));
  const kept = formatDuration(retention.rawMs);
  const results = Math.round(resultsADay).toLocaleString('en');
  const text = `${size(used)} now; ${results} results a day, kept ${kept}: up to ${size(bytes)}`;
  if (bytes <= (bavail * bsize + used) * SHARE_MAX) return { name, verdict: 'ok', text };
  const cure = `there is room for ${size(bavail * bsize)}: keep results shorter (\`retention\`), ask less often, or choose another --data`;
  return { name, verdict: 'warning', text, cure };
}

function size(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function existingAbove(path: string): string {
  const folder = dirname(path);
  return existsSync(folder) || folder === path ? folder : existingAbove(folder);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
