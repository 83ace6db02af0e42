// `holdfast run`: a check measured now, outside its plan, through the queue that servers and agents
// share. With --wait it ends as a probe does: with what each place saw, and an exit code.

import { HoldfastError } from '@holdfast/kernel';
import type { RunState, ToldResult } from '@holdfast/resources/api';
import type { Call, Command, Surroundings } from '../cli/command.ts';
import { paint, type Terminal } from '../cli/terminal.ts';
import type { ApiClient } from '../client/api-client.ts';
import { clientOf, JSON_FLAG, SERVER_OPTIONS } from '../client/server-options.ts';

/** Each question waits for the end so long at the server. */
const ASK_S = 20;
const WAIT_DEFAULT = '2m';
const EXIT_OF = { up: 0, down: 1, timeout: 1, invalid: 3 } as const;

export const run: Command = {
  name: 'run',
  summary: 'Run a check now, wherever it is measured',
  usage: 'CHECK [--wait] [--location NAME] [--namespace NS]',
  arity: [1, 1],
  options: [
    { name: 'wait', short: 'w', summary: 'until every place has measured it' },
    { name: 'timeout', value: 'TIME', summary: 'how long to wait', default: WAIT_DEFAULT },
    { name: 'location', value: 'NAME', summary: 'only there' },
    { name: 'namespace', short: 'n', value: 'NS', summary: 'of the check', default: 'default' },
    JSON_FLAG,
    ...SERVER_OPTIONS,
  ],
  examples: [
    'holdfast run shop --wait',
    'holdfast run shop --wait --location fra --json',
    'holdfast run login -n bank -s https://a:7070 -s https://b:7070',
  ],
  notes: [
    'Results are kept and alerted upon like those of planned runs.',
    'Exit codes: 0 up everywhere (or asked, without --wait), 1 down, timed out or nobody ran it,',
    '2 bad usage, 3 invalid: an agent was at fault.',
  ],
  run: runCheck,
};

async function runCheck(call: Call, surroundings: Surroundings): Promise<number> {
  const { terminal, clock } = surroundings;
  const { parseDurationMs } = await import('@holdfast/kernel');
  const waitMs = parseDurationMs(call.text('timeout') ?? WAIT_DEFAULT);
  if (waitMs === undefined)
    throw new HoldfastError('USAGE', '--timeout is no duration', 'Write it like --timeout 2m.');
  const client = clientOf(call, surroundings);
  const location = call.text('location');
  const asked = await client.post<RunState>('runs', {
    namespace: call.text('namespace'),
    check: call.arguments[0],
    ...(location === undefined ? {} : { location }),
  });
  const json = call.flag('json');
  if (!call.flag('wait')) {
    terminal.out(json ? `${JSON.stringify(asked)}\n` : `asked as run ${asked.run}\n`);
    return 0;
  }
  if (!json) terminal.error(`waiting for ${asked.locations.join(', ') || 'an agent'} …\n`);
  const ended = await waitFor(client, asked, clock.nowMs() + waitMs, () => clock.nowMs());
  terminal.out(json ? `${JSON.stringify(ended)}\n` : `${report(ended, terminal)}\n`);
  return exitCode(ended);
}

async function waitFor(
  client: ApiClient,
  asked: RunState,
  untilMs: number,
  nowMs: () => number,
): Promise<RunState> {
  for (;;) {
    const restS = Math.max(0, (untilMs - nowMs()) / 1_000);
    const state = await client.get<RunState>(
      `runs/${encodeURIComponent(asked.run)}?wait=${Math.min(ASK_S, restS).toFixed(3)}`,
    );
    if (state.state !== 'queued' || restS === 0) return state;
  }
}

function exitCode({ state, results }: RunState): number {
  if (state !== 'finished') return 1;
  return Math.max(...results.map(({ status }) => EXIT_OF[status]));
}

function report(state: RunState, terminal: Terminal): string {
  const { check, namespace, results, locations } = state;
  const name = namespace === 'default' ? check : `${namespace}/${check}`;
  const missing = locations.filter(
    (location) => !results.some(({ key }) => key.location === location),
  );
  const up = results.filter(({ status }) => status === 'up').length;
  const verdict =
    state.state === 'finished'
      ? `${name} is up at ${up} of ${results.length} ${results.length === 1 ? 'place' : 'places'}`
      : `${name} was not run at ${missing.join(', ') || 'any place'}`;
  const good = state.state === 'finished' && up === results.length;
  const width = Math.max(0, ...results.map(({ key }) => key.location.length));
  return [
    paint(terminal, good ? 'green' : 'red', verdict),
    ...results.map((result) => line(result, width, terminal)),
    ...(missing.length === 0 || state.state === 'finished'
      ? []
      : ['  Look at `holdfast get agents`: is one live there?']),
  ].join('\n');
}

function line(result: ToldResult, width: number, terminal: Terminal): string {
  const { key, status, totalMs, fault, error } = result;
  const sign = terminal.unicode ? (status === 'up' ? '●' : '▲') : status === 'up' ? '+' : '!';
  const told = fault === undefined ? '' : `  ${error?.code ?? fault.code}: ${fault.message}`;
  const mark = paint(terminal, status === 'up' ? 'green' : 'red', sign);
  return `  ${mark} ${key.location.padEnd(width)}  ${status.padEnd(7)} ${totalMs.toFixed(1).padStart(9)} ms${told}`;
}
