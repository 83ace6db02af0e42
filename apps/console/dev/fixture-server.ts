// A stand-in for Holdfast's server, for development and tests of the console only: answers the same
// API with seeded data, serves dist/ under the strictest policy the console promises to live with,
// and can take a check down or up while someone looks. Node core only; listens on loopback alone.
//   node dev/fixture-server.ts [--port 7171] [--mode MODE] [--still]   (modes: FixtureMode)
// Then: curl -X POST 'http://127.0.0.1:7171/fixture/down?check=shop/cart' (also up, problem, drop).

import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { LiveEvent } from '@holdfast/resources/api';
import { tryCheck, validateText } from './fixture-editor.ts';
import type { TroubleName } from './fixture-faults.ts';
import { heatMapOf, latencyOf, statusLatencyOf } from './fixture-latency.ts';
import { detailOf, type FixtureMode, FixtureState, resultsOf } from './fixture-state.ts';
import type { FixtureCheck } from './fixture-world.ts';

export interface FixtureOptions {
  mode: FixtureMode;
  /** Default: any free one. */
  port?: number;
  /** No run happens by itself, for pictures and tests that must not move. */
  still?: boolean;
  /** The built console; default dist/. */
  folder?: string;
}

export interface Fixture {
  url: string;
  takeDown(check: string, trouble?: TroubleName): void;
  bringUp(check: string): void;
  setProblem(text: string | undefined): void;
  /** Breaks every live stream; `refuse` true keeps refusing new ones until called again. */
  dropStreams(refuse?: boolean): void;
  /** Every API request from now on fails (true) or works (false). */
  failRequests(failing: boolean): void;
  close(): Promise<void>;
}

const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const DUE_MS = 250;
const SLOW_MS = 2500;
const EVENTS_KEPT = 1000;
const STREAMS_MAX = 100;
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export async function startFixture(options: FixtureOptions): Promise<Fixture> {
  const service = new FixtureService(options.mode, options.folder ?? DIST);
  const { state } = service;
  const server = createServer((request, response) => service.answer(request, response));
  const timer = options.still === true ? undefined : setInterval(() => state.runDue(), DUE_MS);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    takeDown: (check, trouble = 'refused') => state.takeDown(check, trouble),
    bringUp: (check) => state.bringUp(check),
    setProblem: (text) => state.setProblem(text),
    dropStreams: (refuse = false) => service.dropStreams(refuse),
    failRequests: (failing) => service.failRequests(failing),
    close: () => {
      clearInterval(timer);
      service.dropStreams(true);
      return closeServer(server);
    },
  };
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

class FixtureService {
  readonly state: FixtureState;
  readonly #mode: FixtureMode;
  readonly #folder: string;
  readonly #streams = new Set<ServerResponse>();
  readonly #events: { id: number; event: LiveEvent }[] = [];
  #lastId = 0;
  #refusing = false;
  #failing: boolean;

  constructor(mode: FixtureMode, folder: string) {
    this.#mode = mode;
    this.#folder = folder;
    this.#failing = mode === 'errors';
    this.state = new FixtureState(mode, (event) => this.#publish(event));
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://fixture');
    if (request.method !== 'POST') request.resume();
    if (url.pathname.startsWith('/fixture/')) this.#control(url, response);
    else if (!url.pathname.startsWith('/api/')) serveFile(this.#folder, url.pathname, response);
    else if (url.pathname === '/api/v1/events') this.#stream(request, response);
    else if (this.#failing) sendStoreFailed(response);
    else if (this.#mode === 'slow') setTimeout(() => this.#api(request, url, response), SLOW_MS);
    else this.#api(request, url, response);
  }

  dropStreams(refuse: boolean): void {
    this.#refusing = refuse;
    for (const stream of this.#streams) stream.destroy();
    this.#streams.clear();
  }

  failRequests(failing: boolean): void {
    this.#failing = failing;
  }

  #api(request: IncomingMessage, url: URL, response: ServerResponse): void {
    const nowMs = Date.now();
    const parts = url.pathname.split('/').map(decodeURIComponent);
    const [, , , section, namespace, name, action] = parts;
    const check = this.state.find(`${namespace}/${name}`);
    if (section === 'overview') sendJson(response, this.state.overview(nowMs));
    else if (section === 'alerts') sendJson(response, this.state.alerts(nowMs));
    else if (section === 'fleet') this.#fleet(response, nowMs);
    else if (section === 'runs') void this.#runs(request, url, response);
    else if (section === 'validate' || section === 'try') void answerEditor(request, response);
    else if (section !== 'checks' || check === undefined) {
      const cure = 'Checks are listed by /api/v1/overview.';
      sendError(response, 404, 'NOT_FOUND', `no check ${namespace}/${name}`, cure);
    } else sendJson(response, readOf(check, action, url.searchParams, nowMs));
  }

  #fleet(response: ServerResponse, nowMs: number): void {
    const cure = 'Use the operator’s token.';
    if (this.#mode === 'guest')
      sendError(response, 403, 'FORBIDDEN', 'this token is of namespace shop', cure);
    else sendJson(response, this.state.fleet(nowMs));
  }

  async #runs(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
    const { asked } = this.state;
    const [, , , , run] = url.pathname.split('/');
    if (request.method === 'POST') {
      const { namespace, check } = (await json(request)) as { namespace: string; check: string };
      const found = this.state.find(`${namespace}/${check}`);
      const cure = 'Checks are listed by /api/v1/overview.';
      if (found !== undefined) sendJson(response, asked.ask(found));
      else sendError(response, 404, 'NOT_FOUND', `no check ${namespace}/${check}`, cure);
      return;
    }
    if (run === undefined) return sendJson(response, asked.history());
    const told = await asked.state(run, 1000 * Number(url.searchParams.get('wait') ?? 0));
    if (told !== undefined) return sendJson(response, told);
    sendError(response, 404, 'NOT_FOUND', `no run ${run}`, 'Runs are listed by /api/v1/runs.');
  }

  #stream(request: IncomingMessage, response: ServerResponse): void {
    if (this.#refusing || this.#streams.size >= STREAMS_MAX) {
      sendError(response, 503, 'INTERNAL', 'no more streams', 'Wait.');
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 1000\n\n');
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
    const after = Number(request.headers['last-event-id'] ?? Number.NaN);
    if (Number.isNaN(after)) return;
    const missed = this.#events.filter((kept) => kept.id > after);
    if (after + 1 < (this.#events[0]?.id ?? 0))
      writeEvent(response, this.#lastId, { type: 'reset' });
    else for (const kept of missed) writeEvent(response, kept.id, kept.event);
  }

  #control(url: URL, response: ServerResponse): void {
    const query = url.searchParams;
    const check = query.get('check') ?? '';
    const action = url.pathname.slice('/fixture/'.length);
    const trouble = (query.get('trouble') ?? 'refused') as TroubleName;
    if (action === 'down') this.state.takeDown(check, trouble);
    if (action === 'up') this.state.bringUp(check);
    if (action === 'problem') this.state.setProblem(query.get('text') ?? undefined);
    if (action === 'drop') this.dropStreams(query.has('refuse'));
    if (action === 'fail') this.failRequests(!query.has('off'));
    sendJson(response, { done: action });
  }

  #publish(event: LiveEvent): void {
    this.#lastId += 1;
    this.#events.push({ id: this.#lastId, event });
    if (this.#events.length > EVENTS_KEPT) this.#events.shift();
    for (const stream of this.#streams) writeEvent(stream, this.#lastId, event);
  }
}

async function answerEditor(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const given = (await json(request)) as { text?: string; check?: unknown };
  sendJson(response, given.text === undefined ? tryCheck(given.check) : validateText(given.text));
}

function readOf(
  check: FixtureCheck,
  action: string | undefined,
  query: URLSearchParams,
  nowMs: number,
): unknown {
  if (action === 'results') return { results: resultsOf(check, query, nowMs) };
  if (action === 'heat-map') return heatMapOf(check, query, nowMs);
  if (action === 'latency-by-status') return statusLatencyOf(check, query, nowMs);
  return action === 'latency' ? latencyOf(check, query, nowMs) : detailOf(check, nowMs);
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** A path without a file is a page of the console; a missing asset is 404. */
function serveFile(folder: string, pathname: string, response: ServerResponse): void {
  const path = join(folder, normalize(pathname));
  const isFile = path.startsWith(folder) && existsSync(path) && statSync(path).isFile();
  if (!isFile && pathname.startsWith('/assets/')) {
    sendError(response, 404, 'NOT_FOUND', pathname, 'Build the console again.');
    return;
  }
  const file = isFile ? path : join(folder, 'index.html');
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
  });
  createReadStream(file).pipe(response);
}

function writeEvent(stream: ServerResponse, id: number, event: LiveEvent): void {
  stream.write(`id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function sendStoreFailed(response: ServerResponse): void {
  const message = 'the result store does not answer: disk I/O error on results.db';
  const cure = 'Look at the free space of the data directory, then restart Holdfast.';
  sendError(response, 503, 'STORE_FAILED', message, cure);
}

function sendError(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  cure: string,
): void {
  const trace_id = '4bf92f3577b34da6a3ce929d0e0e4736';
  sendJson(response, { code, http_status: status, trace_id, message, cure }, status);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '7171' },
      mode: { type: 'string', default: 'few' },
      still: { type: 'boolean', default: false },
    },
  });
  const mode = values.mode as FixtureMode;
  const fixture = await startFixture({ mode, port: Number(values.port), still: values.still });
  process.stdout.write(`${fixture.url} (${mode})\n`);
}
