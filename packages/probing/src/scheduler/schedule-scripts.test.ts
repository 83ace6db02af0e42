// Plays testdata/*.txt against the core: commands above a line of dashes, the trace they must give
// below it. Times are seconds since the script's start, wall clock in the trace. Phases are written
// into the script, for those of the real spread are hashes and say nothing to a reader.
//   limits IN_FLIGHT WAITING · set NAME every 10s phase 3s [paused] [spec X] · remove NAME · run NAME
//   end NAME · wait 10s (looking at every due time) · stall 10s (nobody looks) · sleep 1h (wall only)
//   jump -1h (the wall clock is set) · close

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseDurationMs } from '@holdfast/kernel';
import { ScheduleCore } from './schedule-core.ts';
import type { Effect, ScheduleEvent } from './schedule-step.ts';

const FOLDER = new URL('./testdata/', import.meta.url);
/** A multiple of every interval used, so that phases count from the script's start. */
const START_WALL_MS = 1_000 * 24 * 3_600_000;

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))) {
  test(file, () => {
    const blocks = parseBlocks(readFileSync(new URL(file, FOLDER), 'utf8'));
    assert.ok(blocks.length > 0, 'a script without blocks proves nothing');
    const player = new Player();
    for (const block of blocks) {
      const trace = block.commands.flatMap((command) => player.play(command));
      assert.deepEqual(trace, block.trace, `after: ${block.commands.join(' · ')}`);
    }
  });
}

interface Block {
  commands: string[];
  trace: string[];
}

function parseBlocks(text: string): Block[] {
  const written = text.split('\n').filter((line) => !line.startsWith('#'));
  return written
    .join('\n')
    .split(/\n\s*\n/)
    .filter((block) => block.trim() !== '')
    .map((block) => {
      const [commands = '', trace = ''] = block.split(/^-+$/m);
      return { commands: lines(commands), trace: lines(trace) };
    });
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

class Player {
  readonly #phases = new Map<string, number>();
  #monotonicMs = 0;
  #wallMs = START_WALL_MS;
  #core = this.#newCore({});

  play(command: string): string[] {
    const [verb = '', name = '', ...rest] = command.split(/\s+/);
    if (verb === 'limits') {
      this.#core = this.#newCore({ inFlightMax: Number(name), waitingMax: Number(rest[0]) });
      return [];
    }
    if (verb === 'wait') return this.#wait(durationMs(name));
    if (verb === 'stall') return this.#pass(durationMs(name), durationMs(name));
    if (verb === 'sleep') return this.#pass(0, durationMs(name));
    if (verb === 'jump') return this.#pass(0, durationMs(name));
    return this.#step(this.#event(verb, name, rest));
  }

  #event(verb: string, key: string, rest: string[]): ScheduleEvent<string> {
    if (verb === 'remove') return { type: 'remove', key };
    if (verb === 'run') return { type: 'runNow', key };
    if (verb === 'end') return { type: 'ended', key };
    if (verb === 'close') return { type: 'close' };
    assert.equal(verb, 'set', `unknown command ${verb}`);
    const after = (word: string) => rest[rest.indexOf(word) + 1] ?? '';
    if (rest.includes('phase')) this.#phases.set(key, durationMs(after('phase')));
    const intervalMs = durationMs(after('every'));
    const work = rest.includes('spec') ? after('spec') : '';
    return { type: 'set', key, intervalMs, paused: rest.includes('paused'), work };
  }

  #wait(forMs: number): string[] {
    const trace: string[] = [];
    const untilMs = this.#monotonicMs + forMs;
    for (let turn = 0; turn < 1_000; turn += 1) {
      const dueMs = this.#core.nextDueMs();
      if (dueMs === undefined || dueMs > untilMs) break;
      const aheadMs = Math.max(0, dueMs - this.#monotonicMs);
      trace.push(...this.#pass(aheadMs, aheadMs));
    }
    const restMs = untilMs - this.#monotonicMs;
    return [...trace, ...this.#pass(restMs, restMs)];
  }

  #pass(monotonicMs: number, wallMs: number): string[] {
    this.#monotonicMs += monotonicMs;
    this.#wallMs += wallMs;
    return this.#step({ type: 'tick' });
  }

  #step(event: ScheduleEvent<string>): string[] {
    return this.#core.step(event, this.#now()).map((effect) => this.#describe(effect));
  }

  #describe(effect: Effect<string>): string {
    const at = seconds(this.#wallMs - START_WALL_MS);
    if (effect.type === 'missed') {
      return `${at} miss ${effect.key} ×${effect.count} ${effect.reason}`;
    }
    const { key, work, plannedAtMs, dueMs } = effect.run;
    const late = this.#monotonicMs - dueMs;
    const plan = `planned ${seconds(plannedAtMs - START_WALL_MS)}`;
    return `${at} start ${key}${work && ` spec ${work}`} ${plan}${late ? ` late ${seconds(late)}` : ''}`;
  }

  #newCore(limits: { inFlightMax?: number; waitingMax?: number }): ScheduleCore<string> {
    const spread = (key: string) => this.#phases.get(key) ?? 0;
    return new ScheduleCore<string>(this.#now(), { ...limits, spread });
  }

  #now() {
    return { monotonicMs: this.#monotonicMs, wallMs: this.#wallMs };
  }
}

function durationMs(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const ms = parseDurationMs(text.replace('-', ''));
  assert.ok(ms !== undefined, `not a duration: ${text}`);
  return sign * ms;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(3).replace(/\.?0+$/, '')}s`;
}
