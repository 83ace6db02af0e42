// One hop over a connection of a pool: a kept one, else a new one that is kept afterwards. A kept one
// may have died unseen; whoever finds out asks once more on a fresh one, unless asking twice could do
// harm. Waiting for a turn is part of the connect phase.

import type { Fault } from '@holdfast/kernel';
import type { PoolSpec } from '@holdfast/resources/compiled-check';
import type { ResultContext } from '@holdfast/resources/result';
import type { Connections, ConnectionWish } from '../connections/connections.ts';
import type { Lease } from '../connections/lease.ts';
import type { LineFacts } from '../connections/line.ts';
import type { Http2Session } from '../http2/http2-session.ts';
import type { Outcome } from '../prober.ts';
import type { ByteStream } from './exchange.ts';
import type { HttpRequest } from './http-request.ts';
import { poolWish } from './pool-wish.ts';
import { openWay, type Way } from './way.ts';

/** One request over one connection. */
export interface Asking {
  readonly answered: boolean;
  readonly reusable: boolean;
  run(request: HttpRequest): Promise<Fault | undefined>;
}

/** What a request goes over: the session where there is one. */
export interface AskedLine {
  stream: ByteStream;
  session?: Http2Session | undefined;
}

export interface PooledHop {
  pool: PoolSpec;
  connections: Connections;
  /** Without its facts: those are of the connection. */
  way: Omit<Way, 'facts'>;
  /** Of the run. */
  facts: ResultContext;
  ask(line: AskedLine): Asking;
}

/** RFC 9110 section 9.2.2. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

export async function hopInPool(request: HttpRequest, hop: PooledHop): Promise<Fault | undefined> {
  const first = await hopOnce(request, hop, false);
  const last = first.dead ? await hopOnce(request, hop, true) : first;
  return last.fault;
}

interface HopEnd {
  fault: Fault | undefined;
  /** The connection was a kept one, and brought nothing any more. */
  dead: boolean;
}

/** Waits for nothing that is there already: over a kept connection that is free, only for the answer. */
async function hopOnce(request: HttpRequest, hop: PooledHop, fresh: boolean): Promise<HopEnd> {
  const wish = poolWish(hop.pool, request, hop.way, fresh);
  const atOnce = hop.connections.lease(wish);
  const leased =
    atOnce === undefined ? await turnOf(wish, hop) : { ok: true as const, value: atOnce };
  if (!leased.ok) return { fault: leased.fault, dead: false };
  const lease = leased.value;
  try {
    const line = keptLine(lease, hop.facts) ?? (await newLine(lease, request, hop));
    if (!line.ok) return { fault: line.fault, dead: false };
    const asking = hop.ask(line.value);
    const fault = await asking.run(request);
    lease.end(fault === undefined && asking.reusable);
    return { fault, dead: fault !== undefined && isDead(lease, asking, request, hop) };
  } finally {
    lease.end(false);
  }
}

async function turnOf(
  wish: ConnectionWish,
  { connections, way: { context, log } }: PooledHop,
): Promise<Outcome<Lease>> {
  log.begin('connect');
  const waited = await connections.wait(wish, context.signal);
  log.end();
  return waited;
}

function isDead(
  { reused }: Lease,
  { answered }: Asking,
  { method }: HttpRequest,
  { way: { context } }: PooledHop,
): boolean {
  return reused && !answered && IDEMPOTENT.has(method) && !context.signal.aborted;
}

function keptLine({ line }: Lease, facts: ResultContext): Outcome<AskedLine> | undefined {
  if (line === undefined) return undefined;
  Object.assign(facts, line.facts);
  facts.reused = true;
  return { ok: true, value: { stream: line, session: line.session } };
}

async function newLine(
  lease: Lease,
  request: HttpRequest,
  { facts, way }: PooledHop,
): Promise<Outcome<AskedLine>> {
  // A hop before this one, or a connection that was dead, may have left it.
  if (facts.reused) delete facts.reused;
  const own: LineFacts = {};
  const opened = await openWay(request, { ...way, facts: own });
  Object.assign(facts, own);
  if (!opened.ok) return opened;
  const line = lease.made(opened.value);
  return { ok: true, value: { stream: line, session: line.session } };
}
