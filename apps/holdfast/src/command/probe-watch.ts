// `holdfast probe --watch`: one run after the other at a fixed pace, a line for each, and what they
// come to at the end, also when it was Ctrl-C that ended it. Starts never drift: each is worked out
// from the first; a run that takes longer than the pace costs the starts it covers, not more.

import { type Clock, HoldfastError, parseDurationMs, quantileOf, sleep } from '@holdfast/kernel';
import type { ProbeResult, Status } from '@holdfast/resources/result';
import { type Paint, paint, type Terminal } from '../cli/terminal.ts';

const INTERVAL_MS_MIN = 10;
/** Latencies kept for the percentiles; of longer watches the last ones count. */
const KEPT_RUNS_MAX = 100_000;

export interface WatchPlan {
  intervalMs: number;
  /** Infinity: until stopped. */
  count: number;
}

export interface Watch {
  clock: Clock;
  terminal: Terminal;
  signal: AbortSignal;
  plan: WatchPlan;
  run(signal: AbortSignal): Promise<ProbeResult>;
  /** For programs: what is printed for each run, instead of lines for people. */
  show?(result: ProbeResult): Promise<string>;
}

/** Throws HoldfastError USAGE. */
export function watchPlan(interval: string | undefined, count: string | undefined): WatchPlan {
  const intervalMs = parseDurationMs(interval ?? '');
  if (intervalMs === undefined || intervalMs < INTERVAL_MS_MIN) {
    throw new HoldfastError('USAGE', `${interval} is no interval`, 'Write one like 500ms or 5s.');
  }
  if (count === undefined) return { intervalMs, count: Number.POSITIVE_INFINITY };
  if (/^[1-9]\d{0,8}$/.test(count)) return { intervalMs, count: Number(count) };
  throw new HoldfastError('USAGE', `${count} is no count`, 'Write a whole number from 1.');
}

/** Resolves to the worst status seen: up only when every run was. */
export async function watchProbe(watch: Watch): Promise<Status> {
  const { clock, terminal, signal, plan } = watch;
  const tally = new Tally();
  const startMs = clock.nowMs();
  for (let run = 0, slot = 0; run < plan.count && !signal.aborted; run += 1) {
    const result = await watch.run(signal);
    if (signal.aborted) break;
    tally.add(result);
    terminal.out(watch.show === undefined ? line(result, terminal) : await watch.show(result));
    slot = Math.max(slot + 1, Math.ceil((clock.nowMs() - startMs) / plan.intervalMs));
    if (run + 1 < plan.count) await pause(clock, startMs + slot * plan.intervalMs, signal);
  }
  if (watch.show === undefined) terminal.out(tally.text());
  return tally.worst;
}

async function pause(clock: Clock, untilMs: number, signal: AbortSignal): Promise<void> {
  await sleep(clock, Math.max(0, untilMs - clock.nowMs()), signal).catch(() => {});
}

const PAINTS: Record<Status, Paint> = { up: 'green', down: 'red', timeout: 'red', invalid: 'grey' };

function line(result: ProbeResult, terminal: Terminal): string {
  const time = new Date(result.startedAtMs).toISOString().slice(11, 23);
  const status = paint(terminal, PAINTS[result.status], result.status.padEnd(7));
  const code = result.detail.status_code ?? '';
  const total = `${result.totalMs.toFixed(2).padStart(9)} ms`;
  const phases = result.phases.map(({ name, durationMs }) => `${name} ${durationMs.toFixed(2)}`);
  const said = result.fault?.code ?? phases.join('  ');
  return `${time}  ${status} ${String(code).padStart(3)} ${total}  ${paint(terminal, 'grey', said)}\n`;
}

/** From good to bad. */
const ORDER: readonly Status[] = ['up', 'invalid', 'timeout', 'down'];

class Tally {
  readonly #counts: Record<Status, number> = { up: 0, down: 0, timeout: 0, invalid: 0 };
  readonly #upMs: number[] = [];
  worst: Status = 'up';

  add({ status, totalMs }: ProbeResult): void {
    this.#counts[status] += 1;
    if (ORDER.indexOf(status) > ORDER.indexOf(this.worst)) this.worst = status;
    if (status === 'up') this.#upMs.push(totalMs);
    if (this.#upMs.length > KEPT_RUNS_MAX) this.#upMs.shift();
  }

  text(): string {
    const { up, down, timeout, invalid } = this.#counts;
    const runs = up + down + timeout + invalid;
    const valid = runs - invalid;
    const share = valid === 0 ? '–' : `${((100 * up) / valid).toFixed(1)} %`;
    const counts = `\n${runs} runs: ${up} up, ${down} down, ${timeout} timeout, ${invalid} invalid; ${share} up\n`;
    const sorted = this.#upMs.toSorted((a, b) => a - b);
    if (sorted.length === 0) return counts;
    const at = (q: number) => (quantileOf(sorted, q) ?? 0).toFixed(2);
    return `${counts}min ${at(0)}  p50 ${at(0.5)}  p95 ${at(0.95)}  p99 ${at(0.99)}  max ${at(1)} ms\n`;
  }
}
