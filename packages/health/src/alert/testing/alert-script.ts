// Runs a script of alert commands and gives back the script with what really happened, so that a
// test compares whole texts and a failure reads as a difference. A block is commands, a line of
// dashes, and the trace: one line for each effect, then the state.

import {
  type AlertRun,
  type AlertState,
  type AlertStep,
  type AlertThresholds,
  type CloseCause,
  QUIET,
  resumeAlert,
  stepAlert,
} from '../alert-state.ts';

/** Times in scripts are seconds; each run is judged one second after its plan unless `now=` says else. */
const SECOND_MS = 1_000;

interface World {
  thresholds: { failures: number; recoveries: number };
  state: AlertState;
}

export function runAlertScript(script: string): string {
  const world: World = { thresholds: { failures: 1, recoveries: 1 }, state: QUIET };
  const blocks = script.trim().split(/\n\n+/);
  return `${blocks.map((block) => runBlock(world, block)).join('\n\n')}\n`;
}

function runBlock(world: World, block: string): string {
  const lines = block.split('\n');
  const commands = lines.slice(0, lines.indexOf('----'));
  if (!lines.includes('----')) return block;
  const trace = commands.filter((line) => !line.startsWith('#')).flatMap((c) => run(world, c));
  return [...commands, '----', ...trace].join('\n');
}

function run(world: World, command: string): string[] {
  const words = command.split(' ');
  const options = new Map(
    words.filter((w) => w.includes('=')).map((w) => w.split('=', 2) as [string, string]),
  );
  const [verb, first = '', second = ''] = words;
  if (verb === 'rule') {
    const failures = Number(options.get('failures'));
    world.thresholds = { failures, recoveries: Number(options.get('recoveries')) };
    return [];
  }
  const step = stepOf(world, verb, first, second, options);
  world.state = step.state;
  return [...step.effects.map(effectLine), stateLine(step.state)];
}

function stepOf(
  world: World,
  verb: string | undefined,
  first: string,
  second: string,
  options: Map<string, string>,
): AlertStep {
  const { thresholds, state } = world;
  const at = (seconds: string) => Number(seconds) * SECOND_MS;
  if (verb === 'run') {
    const nowMs = at(options.get('now') ?? String(Number(first) + 1));
    return stepAlert(thresholds, state, { type: 'run', run: runAt(`${first}:${second}`) }, nowMs);
  }
  const nowMs = at(options.get('now') ?? '0');
  if (verb === 'withdraw') {
    return stepAlert(thresholds, state, { type: 'withdrawn', cause: first as CloseCause }, nowMs);
  }
  if (verb !== 'restart') throw new Error(`No such command: ${verb}`);
  const open = options.get('open');
  const runs = (options.get('runs') ?? '').split(',').filter(Boolean).map(runAt);
  return replay(thresholds, open === undefined ? undefined : at(open), runs, nowMs);
}

/** What a restart makes of the runs that it did not live to judge. */
export function replay(
  thresholds: AlertThresholds,
  openSinceMs: number | undefined,
  runs: readonly AlertRun[],
  nowMs: number,
): AlertStep {
  const resumed = resumeAlert(openSinceMs, runs);
  let { state } = resumed;
  const effects: AlertStep['effects'] = [];
  for (const run of resumed.unjudged) {
    const step = stepAlert(thresholds, state, { type: 'run', run }, nowMs);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

/** `10:down` */
function runAt(text: string): AlertRun {
  const [seconds, status] = text.split(':');
  if (status !== 'up' && status !== 'down' && status !== 'timeout' && status !== 'invalid') {
    throw new Error(`No such status: ${status}`);
  }
  return { plannedAtMs: Number(seconds) * SECOND_MS, status };
}

function effectLine(effect: AlertStep['effects'][number]): string {
  if (effect.type === 'fire') {
    return `FIRE since ${effect.sinceMs / SECOND_MS} at ${effect.firedAtMs / SECOND_MS} after ${effect.failures}`;
  }
  if (effect.type === 'recover') return `RECOVER at ${effect.recoveredAtMs / SECOND_MS}`;
  return `CLOSE at ${effect.closedAtMs / SECOND_MS} ${effect.cause}`;
}

function stateLine(state: AlertState): string {
  const since = `since ${(state.sinceMs ?? Number.NaN) / SECOND_MS}`;
  if (state.firing) return `firing ${since}, good ${state.goodRuns}`;
  return state.badRuns === 0 ? 'quiet' : `bad ${state.badRuns} ${since}`;
}
