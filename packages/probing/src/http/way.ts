// The way of one hop: through the proxy where there is one, TLS where the URL says so, and an HTTP/2
// session where both sides want one. What is opened is owned by the caller.

import { fault } from '@holdfast/kernel';
import type { HttpSpec } from '@holdfast/resources/compiled-check';
import type { LineFacts, LineParts } from '../connections/line.ts';
import { reach } from '../dial/reach.ts';
import { Http2Session } from '../http2/http2-session.ts';
import type { PhaseLog } from '../phase-log.ts';
import type { Connection, Outcome, ProbeContext } from '../prober.ts';
import { secure } from '../tls/handshake.ts';
import type { HttpRequest } from './http-request.ts';
import { type HttpProxy, reachThroughProxy } from './proxy.ts';

export interface Way {
  spec: HttpSpec;
  context: ProbeContext;
  log: PhaseLog;
  /** Filled as far as the way was gone. */
  facts: LineFacts;
  /** Sent to the target and verified. */
  serverName: string;
  /** Our certificate is for the host of the check, not for those that it redirects to. */
  showsClient: boolean;
  proxy: HttpProxy | undefined;
}

const HTTP_1 = ['http/1.1'];
const HTTP_2 = ['h2'];
const EITHER = [...HTTP_2, ...HTTP_1];

export async function openWay(request: HttpRequest, way: Way): Promise<Outcome<LineParts>> {
  const { spec, context, log, facts, proxy } = way;
  const http2 = speaksHttp2(spec, request);
  if (http2 && !request.secure && proxy !== undefined) return plainThroughProxy();
  const reached =
    proxy === undefined
      ? await reach({ host: request.host, port: request.port, ip: spec.ip }, context, log, facts)
      : await reachThroughProxy(request, proxy, way);
  if (!reached.ok) return reached;
  const stream = request.secure ? await secured(reached.value, way) : reached;
  if (!stream.ok) return stream;
  const parts = { stream: stream.value, facts, validToMs: validToMs(spec, facts) };
  if (!http2) return { ok: true, value: parts };
  if (!request.secure || facts.tls?.alpn === HTTP_2[0]) {
    const session = new Http2Session(stream.value, context.clock);
    return { ok: true, value: { ...parts, session } };
  }
  return spec.version === '2' ? notAgreed(stream.value.socket) : { ok: true, value: parts };
}

/** Over http:// nobody can agree to it: then only those speak it who know. */
function speaksHttp2({ version }: HttpSpec, { secure: isSecure }: HttpRequest): boolean {
  return version === '2' || (version === 'any' && isSecure);
}

async function secured(connection: Connection, way: Way) {
  const { spec, context, log, facts, serverName, showsClient } = way;
  const { client: _, ...anonymous } = spec.tls;
  const wish = { serverName, spec: showsClient ? spec.tls : anonymous, alpn: offered(spec) };
  const result = await secure(connection, wish, log, context);
  if (result.facts !== undefined) facts.tls = result.facts;
  return result.outcome;
}

function offered({ version }: HttpSpec): string[] {
  if (version === '2') return HTTP_2;
  return version === 'any' ? EITHER : HTTP_1;
}

function validToMs({ tls, pool }: HttpSpec, facts: LineFacts): number {
  if (pool === undefined || !tls.verify || facts.tls === undefined) return Infinity;
  return facts.tls.chain.reduce(
    (end, certificate) => Math.min(end, certificate.validToMs),
    Infinity,
  );
}

function notAgreed(socket: { destroy(): void }): Outcome<LineParts> {
  socket.destroy();
  const text = 'In the TLS handshake the server did not agree to speak HTTP/2 (ALPN h2).';
  return { ok: false, fault: fault('PROTOCOL_INVALID_ANSWER', text, 'tls') };
}

function plainThroughProxy(): Outcome<LineParts> {
  const text = 'HTTP/2 to an http:// target does not go through a proxy.';
  return { ok: false, fault: fault('PROBER_INVALID_CHECK', text) };
}
