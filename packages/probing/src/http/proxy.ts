// The way through an HTTP proxy: for http:// the proxy is asked for the whole URL, for https:// it is
// asked for a tunnel (CONNECT, RFC 9110 section 9.3.6) in which TLS is spoken with the target. Reaching
// the proxy and getting the tunnel are the connect phase. What the proxy refuses is told as its fault,
// never as the target's. It resolves the target's name: only a literal address can be asked of the
// egress policy here.

import { isIP } from 'node:net';
import { type Fault, fault } from '@holdfast/kernel';
import type { ProxySpec } from '@holdfast/resources/compiled-check';
import { abortFault } from '../abort.ts';
import type { SystemError } from '../dial/connect-fault.ts';
import { reach } from '../dial/reach.ts';
import { PhaseLog } from '../phase-log.ts';
import type { Connection, Outcome, Secrets } from '../prober.ts';
import { secure } from '../tls/handshake.ts';
import { basicOf, decoded } from './authorization.ts';
import { type ByteStream, Exchange, type StreamListener } from './exchange.ts';
import { type HttpRequest, type RequestHeader, requestProblem } from './http-request.ts';
import type { ResponseHead } from './response-head.ts';
import { ResponseParser } from './response-parser.ts';
import type { Way } from './way.ts';

/** A proxy, its placeholders filled. */
export interface HttpProxy {
  host: string;
  port: number;
  secure: boolean;
  /** `host:port`, for people. */
  name: string;
  headers: readonly RequestHeader[];
}

const AUTHORIZATION = 'Proxy-Authorization';
const REFUSED = 407;

export async function fillProxy(spec: ProxySpec, secrets: Secrets): Promise<Outcome<HttpProxy>> {
  const filled = await secrets.fill(spec.url);
  if (!filled.ok) return filled;
  const headers: RequestHeader[] = [];
  for (const [name, template] of Object.entries(spec.headers)) {
    const value = await secrets.fill(template);
    if (!value.ok) return value;
    headers.push({ name, value: value.value, sensitive: true });
  }
  const url = URL.parse(filled.value);
  if (url === null) return unusable('The URL of the proxy is no URL.');
  const problem = requestProblem({
    method: 'GET',
    url,
    headers,
    body: undefined,
    sensitiveBody: false,
  });
  if (problem !== undefined) return unusable(`The proxy: ${problem}`);
  hideSecrets(url, headers, secrets);
  return { ok: true, value: proxyOf(url, headers) };
}

/** A connection on which the target can be spoken to. */
export async function reachThroughProxy(
  request: HttpRequest,
  proxy: HttpProxy,
  way: Way,
): Promise<Outcome<Connection>> {
  const { context, log, facts, spec } = way;
  const denied = await literalDenied(request, way);
  if (denied !== undefined) return { ok: false, fault: denied };
  const to = { host: proxy.host, port: proxy.port, ip: spec.ip };
  const reached = await reach(to, context, log, facts);
  facts.proxy = proxy.name;
  if (!reached.ok) return atProxy(reached.fault, proxy);
  const connection = proxy.secure ? await secureProxy(reached.value, proxy, way) : reached;
  if (!connection.ok || !request.secure) return connection;
  const refusal = await openTunnel(connection.value, request, proxy, way);
  if (refusal === undefined) return connection;
  connection.value.socket.destroy();
  return { ok: false, fault: refusal };
}

/** Of an answer for which the proxy was asked: whether it is the proxy's own refusal. */
export function proxyRefusal(head: ResponseHead, proxy: HttpProxy | undefined): Fault | undefined {
  if (proxy === undefined || head.status !== REFUSED) return undefined;
  return refusedFault(proxy, head.status, 'transfer');
}

async function literalDenied(request: HttpRequest, { context, spec }: Way) {
  if (isIP(request.host) === 0) return undefined;
  const allowed = await context.resolve(request.host, spec.ip, context.signal);
  return allowed.ok ? undefined : allowed.fault;
}

/** Its certificate is held to the authorities of the check; the time is part of its own tls phase. */
async function secureProxy(
  connection: Connection,
  proxy: HttpProxy,
  { spec, context, log }: Way,
): Promise<Outcome<Connection>> {
  const { ca, verify } = spec.tls;
  const tls = ca === undefined ? { verify } : { ca, verify };
  const wish = { serverName: proxy.host, spec: tls, alpn: ['http/1.1'] };
  const { outcome } = await secure(connection, wish, log, context);
  if (!outcome.ok) return atProxy(outcome.fault, proxy);
  const { address, port, connectMs } = connection;
  return { ok: true, value: Object.assign(outcome.value, { address, port, connectMs }) };
}

async function openTunnel(
  connection: Connection,
  request: HttpRequest,
  proxy: HttpProxy,
  { context, log }: Way,
): Promise<Fault | undefined> {
  const { clock, signal } = context;
  let status = 0;
  // A tunnel's answer has no body, whatever its fields say.
  const sink = {
    head: (head: ResponseHead) => {
      status = head.status;
      return true;
    },
    body: () => {},
  };
  const parser = new ResponseParser('HEAD', 0, sink);
  const exchange = new Exchange(
    new LentStream(connection),
    parser,
    new PhaseLog({ clock }),
    context,
  );
  log.begin('connect');
  const failure = await exchange.run({ bytes: tunnelRequest(request, proxy) });
  log.end();
  if (signal.aborted) return abortFault(signal, 'connect');
  if (failure !== undefined) return told({ ...failure, phase: 'connect' }, proxy);
  if (status < 200 || status > 299) return refusedFault(proxy, status, 'connect');
  if (parser.framed) return undefined;
  const text = 'it sent bytes of its own into the tunnel.';
  return told(fault('PROTOCOL_INVALID_ANSWER', text, 'connect'), proxy);
}

function tunnelRequest({ host, port }: HttpRequest, { headers }: HttpProxy): Buffer {
  const authority = isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
  const fields = headers.map(({ name, value }) => `${name}: ${value}\r\n`);
  return Buffer.from(
    `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${fields.join('')}\r\n`,
  );
}

/** A connection lent to one exchange, and as it was afterwards. */
class LentStream implements ByteStream {
  readonly #connection: Connection;
  #listener: StreamListener | undefined;
  readonly #onClosed = () => this.#listener?.closed();
  readonly #onError = (error: SystemError) => this.#listener?.broken(error);

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get socket() {
    return this.#connection.socket;
  }

  get receive() {
    return this.#connection.receive;
  }

  set receive(receive) {
    this.#connection.receive = receive;
  }

  attach(listener: StreamListener): void {
    this.#listener = listener;
    this.receive = (bytes) => listener.received(bytes);
    this.socket.on('end', this.#onClosed).on('close', this.#onClosed).on('error', this.#onError);
  }

  detach(): void {
    this.#listener = undefined;
    this.receive = () => {};
    this.socket.off('end', this.#onClosed).off('close', this.#onClosed);
    // Errors stay heard: without a listener they would end the process.
  }
}

function proxyOf(url: URL, headers: RequestHeader[]): HttpProxy {
  const isSecure = url.protocol === 'https:';
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  const basic = basicOf(url);
  const own = headers.some(({ name }) => name.toLowerCase() === AUTHORIZATION.toLowerCase());
  const authorization = basic === undefined || own ? [] : [authorizationOf(basic)];
  return {
    host: url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname,
    port,
    secure: isSecure,
    name: `${url.hostname}:${port}`,
    headers: [...headers, ...authorization],
  };
}

function authorizationOf(value: string): RequestHeader {
  return { name: AUTHORIZATION, value, sensitive: true };
}

function hideSecrets(url: URL, headers: readonly RequestHeader[], secrets: Secrets): void {
  if (url.password !== '') secrets.hide(decoded(url.password));
  const basic = basicOf(url);
  for (const value of [basic, ...headers.map((header) => header.value)]) {
    if (value === undefined) continue;
    secrets.hide(value);
    secrets.hide(value.slice(value.indexOf(' ') + 1));
  }
}

function refusedFault({ name }: HttpProxy, status: number, phase: 'connect' | 'transfer'): Fault {
  return fault(
    'PROXY_REFUSED',
    `The proxy ${name} answered ${status} instead of passing on.`,
    phase,
  );
}

function atProxy(reason: Fault, proxy: HttpProxy): { ok: false; fault: Fault } {
  return { ok: false, fault: told(reason, proxy) };
}

function told(reason: Fault, { name }: HttpProxy): Fault {
  return { ...reason, message: `At the proxy ${name}: ${reason.message}` };
}

function unusable(message: string): { ok: false; fault: Fault } {
  return { ok: false, fault: fault('PROBER_INVALID_CHECK', message) };
}
