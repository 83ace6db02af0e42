// What an agent says to the servers of its fleet, over HTTP. Which of several servers answers is the
// business of the calls below; here are the paths, and lines made of a stream of orders.

import { linesOf, type ServerCalls } from '@holdfast/engines/server-calls';
import type { ControlPlane, RunOutcome, WorkAnswer } from '@holdfast/fleet/uplink';
import { type Clock, HoldfastError } from '@holdfast/kernel';
import type { RunOrder } from '@holdfast/resources/fleet';

/** A server holds the question for work open for 20 s. */
const WORK_MS = 40_000;
const LINE_CHARACTERS_MAX = 1024 * 1024;
/** A server gives a sign of life every 10 s. */
const SILENT_MS = 30_000;

interface Connection {
  calls: ServerCalls;
  clock: Clock;
}

export function httpControlPlane(connection: Connection, location: string): ControlPlane {
  const { calls } = connection;
  const path = (agent: string, what: string) =>
    `api/v1/fleet/agents/${encodeURIComponent(location)}/${encodeURIComponent(agent)}/${what}`;
  const post = (agent: string, what: string, body: object, signal: AbortSignal) =>
    // Twice is the same as once: results are keyed, and the rest says how things are.
    calls.call(path(agent, what), body, { repeatable: true, signal });
  return {
    assignment: async (agent, known, signal) => {
      const body = known === undefined ? {} : { known };
      const options = { repeatable: true, signal, answerMs: WORK_MS };
      return asWork(await calls.call(path(agent, 'work'), body, options));
    },
    deliver: async ({ agent, results }, signal) => {
      await post(agent, 'results', { results }, signal);
    },
    finish: async (agent, outcome: RunOutcome, signal) => {
      await post(agent, 'runs', outcome, signal);
    },
    report: async (agent, report, signal) => {
      await post(agent, 'report', report, signal);
    },
    orders: (agent, signal) => orders(connection, path(agent, 'orders'), signal),
  };
}

async function* orders(
  { calls, clock }: Connection,
  path: string,
  signal: AbortSignal,
): AsyncIterable<RunOrder> {
  const { response } = await calls.open(path, {}, signal);
  const limits = { clock, silentMs: SILENT_MS, lengthMax: LINE_CHARACTERS_MAX, signal };
  for await (const line of linesOf(response, limits)) if (line !== '') yield asOrder(line);
}

function asWork(answer: unknown): WorkAnswer {
  const { resources } = (answer ?? {}) as Partial<WorkAnswer>;
  if (typeof resources?.digest !== 'string') throw strange('work without its resources');
  return answer as WorkAnswer;
}

function asOrder(line: string): RunOrder {
  const order = JSON.parse(line) as Partial<RunOrder>;
  if (typeof order.run !== 'string' || typeof order.check !== 'object') throw strange('no order');
  return order as RunOrder;
}

function strange(what: string): HoldfastError {
  const cure = 'Check that --server names servers of Holdfast of the same version.';
  return new HoldfastError('SERVER_UNREACHABLE', `the server answered with ${what}`, cure);
}
