// What an agent says to the servers of its fleet, over HTTP. Which of several servers answers is the
// business of the calls below; here are the paths, and lines made of a stream of orders.

import { linesOf, type ServerCalls } from '@holdfast/engines/server-calls';
import type { ControlPlane, RunOutcome, WorkAnswer } from '@holdfast/fleet/uplink';
import { type Clock, HoldfastError } from '@holdfast/kernel';
import type { RunOrder } from '@holdfast/resources/fleet';

/** A server holds the question for work open, with a sign of life every 3 s. */
const WORK_SILENT_MS = 7_000;
/** Some ten thousand checks. */
const WORK_CHARACTERS_MAX = 64 * 1024 * 1024;
const ORDER_CHARACTERS_MAX = 1024 * 1024;
/** A server gives a sign of life every 10 s. */
const ORDER_SILENT_MS = 30_000;
/** A store may be slow; its server says every second that it is at it. */
const STORE_MS = 25_000;
/** A question that is held open breaks off whenever a server ends; another one is asked at once. */
const ATTEMPTS_MAX = 3;

interface Connection {
  calls: ServerCalls;
  clock: Clock;
}

export function httpControlPlane(connection: Connection, location: string): ControlPlane {
  const { calls } = connection;
  const path = (agent: string, what: string) =>
    `api/v1/fleet/agents/${encodeURIComponent(location)}/${encodeURIComponent(agent)}/${what}`;
  const post = (agent: string, what: string, body: object, signal: AbortSignal, more = {}) =>
    // Twice is the same as once: results are keyed, and the rest says how things are.
    calls.call(path(agent, what), body, { repeatable: true, signal, ...more });
  return {
    assignment: (agent, known, signal) =>
      work(connection, path(agent, 'work'), known === undefined ? {} : { known }, signal),
    deliver: async ({ agent, results }, signal) => {
      await post(agent, 'results', { results }, signal, { bodyMs: STORE_MS });
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

async function work(
  { calls, clock }: Connection,
  path: string,
  body: object,
  signal: AbortSignal,
): Promise<WorkAnswer> {
  const limits = { clock, silentMs: WORK_SILENT_MS, lengthMax: WORK_CHARACTERS_MAX, signal };
  for (let attempts = 1; ; attempts += 1) {
    const { response, server } = await calls.open(path, body, signal);
    try {
      for await (const line of linesOf(response, limits)) if (line !== '') return asWork(line);
      throw strange('no work');
    } catch (error) {
      if (signal.aborted || attempts === ATTEMPTS_MAX) throw error;
      calls.distrust(server, String(error));
    }
  }
}

async function* orders(
  { calls, clock }: Connection,
  path: string,
  signal: AbortSignal,
): AsyncIterable<RunOrder> {
  const { response, server } = await calls.open(path, {}, signal);
  const limits = { clock, silentMs: ORDER_SILENT_MS, lengthMax: ORDER_CHARACTERS_MAX, signal };
  try {
    for await (const line of linesOf(response, limits)) if (line !== '') yield asOrder(line);
  } catch (error) {
    // Asked for again, from another one.
    if (!signal.aborted) calls.distrust(server, String(error));
  }
}

function asWork(line: string): WorkAnswer {
  const answer = JSON.parse(line) as Partial<WorkAnswer>;
  if (typeof answer.resources?.digest !== 'string') throw strange('work without its resources');
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
