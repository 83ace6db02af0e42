// What was learnt with one result besides its times: who answered, how it was secured, what it
// said. A fact that is not known has no line.

import type { ProbeResult, TlsFacts } from '@holdfast/resources/result';
import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { Codes, Fact } from './fact.tsx';
import { Bytes, Clock, Latency } from './figure-text.tsx';

/** Shown by a line of their own. */
const KNOWN_DETAILS = new Set([
  'status_code',
  'http_version',
  'body_length',
  'content_type',
  'headers',
  'body_excerpt',
  'redirects',
  'grpc_status',
  'grpc_status_code',
  'grpc_message',
  'messages',
  'message_bytes',
  'serving_status',
  'resolution_chain',
  'dnssec',
  'addresses',
  'tries',
  'earlier_tries',
  'steps',
  'banner',
  'recognized',
  'replies',
  'packets_sent',
  'packets_received',
  'loss',
  'rtt_min_ms',
  'rtt_avg_ms',
  'rtt_max_ms',
  'jitter_ms',
  'icmp_error',
  'ocsp',
  'marks',
]);

export function ResultFacts({ result }: { result: ProbeResult }): ReactNode {
  const words = useWords();
  const { context, key } = result;
  const { kernel } = context;
  const measuredEach = result.detail.addresses !== undefined;
  return (
    <dl className="facts">
      <Answer detail={result.detail} />
      <Grpc detail={result.detail} />
      {context.peerIp !== undefined && (
        <Fact term={words.result.peer}>
          <code>{address(context.peerIp, context.peerPort)}</code>
          {context.sourceIp !== undefined && (
            <span className="quiet">
              {' ← '}
              <code>{context.sourceIp}</code>
            </span>
          )}
        </Fact>
      )}
      {context.addresses !== undefined && context.addresses.length > 1 && !measuredEach && (
        <Fact term={words.result.addresses}>
          <Codes texts={context.addresses} />
        </Fact>
      )}
      {kernel !== undefined && (
        <Fact term={words.result.kernel}>
          {words.result.kernelHandshake} <Latency ms={kernel.handshakeMs} /> ±{' '}
          <Latency ms={kernel.rttVarianceMs} />
          <span className={kernel.retransmits > 0 ? 'warn' : 'quiet'}>
            {' '}
            · {words.result.retransmits(kernel.retransmits)}
          </span>
          <span className="quiet"> · MSS {kernel.mssBytes}</span>
        </Fact>
      )}
      {context.tls !== undefined && <Tls tls={context.tls} />}
      {context.urls !== undefined && context.urls.length > 1 && (
        <Fact term={words.result.urls}>
          <Codes texts={context.urls} />
        </Fact>
      )}
      <Others detail={result.detail} />
      <Fact term={words.result.lag}>
        <Clock atMs={result.startedAtMs} seconds />{' '}
        <span className="quiet">
          <Latency ms={result.scheduleLagMs} /> {words.result.late} · {result.agent}@{key.location}
          {key.attempt > 0 && ` · ${words.result.attempt(key.attempt + 1)}`}
        </span>
      </Fact>
      {context.traceId !== undefined && (
        <Fact term={words.result.trace}>
          <code className="break">{context.traceId}</code>
        </Fact>
      )}
    </dl>
  );
}

function Answer({ detail }: { detail: ProbeResult['detail'] }): ReactNode {
  const words = useWords();
  const {
    status_code: status,
    http_version: version,
    body_length: length,
    content_type: type,
    headers,
    body_excerpt: excerpt,
  } = detail;
  return (
    <>
      {typeof status === 'number' && (
        <Fact term={words.result.answer}>
          <b className={status >= 400 ? 'bad' : undefined}>{status}</b>
          {typeof version === 'string' && (
            <span className="quiet"> HTTP/{version.replace(/^HTTP\//i, '')}</span>
          )}
          {typeof length === 'number' && (
            <>
              {' · '}
              <Bytes bytes={length} />
            </>
          )}
          {typeof type === 'string' && <span className="quiet"> · {type}</span>}
        </Fact>
      )}
      {typeof headers === 'object' && headers !== null && (
        <Headers headers={headers as Record<string, unknown>} />
      )}
      {typeof excerpt === 'string' && excerpt !== '' && (
        <Fact term={words.result.body}>
          <pre className="code excerpt">{excerpt}</pre>
        </Fact>
      )}
    </>
  );
}

function Headers({ headers }: { headers: Record<string, unknown> }): ReactNode {
  const words = useWords();
  const entries = Object.entries(headers);
  if (entries.length === 0) return null;
  return (
    <Fact term={words.result.headers}>
      <details>
        <summary>{entries.length}</summary>
        <pre className="code">
          {entries.map(([name, value]) => `${name}: ${String(value)}`).join('\n')}
        </pre>
      </details>
    </Fact>
  );
}

/** Facts of other kinds, under their own names. */
function Others({ detail }: { detail: ProbeResult['detail'] }): ReactNode {
  const others = Object.entries(detail).filter(
    ([name, value]) => !KNOWN_DETAILS.has(name) && value !== null && value !== undefined,
  );
  return others.map(([name, value]) => (
    <Fact key={name} term={name}>
      <code className="break">
        {typeof value === 'object' ? JSON.stringify(value) : String(value)}
      </code>
    </Fact>
  ));
}

function Tls({ tls }: { tls: TlsFacts }): ReactNode {
  const words = useWords();
  return (
    <Fact term={words.result.tls}>
      {tls.version} <span className="quiet">{tls.cipher}</span>
      {tls.alpn !== undefined && <span className="quiet"> · {tls.alpn}</span>}
    </Fact>
  );
}

/** Status of the call, health, and how many messages came. */
function Grpc({ detail }: { detail: ProbeResult['detail'] }): ReactNode {
  const words = useWords();
  const { grpc_status: status, grpc_message: message, serving_status: serving } = detail;
  const { messages, message_bytes: bytes } = detail;
  if (typeof status !== 'string') return null;
  return (
    <>
      <Fact term={words.evidence.grpcStatus}>
        <b className={status === 'OK' ? undefined : 'bad'}>{status}</b>
        {typeof message === 'string' && <span className="quiet"> {message}</span>}
        {typeof messages === 'number' && (
          <span className="quiet"> · {words.evidence.messages(messages)}</span>
        )}
        {typeof bytes === 'number' && (
          <>
            {' · '}
            <Bytes bytes={bytes} />
          </>
        )}
      </Fact>
      {typeof serving === 'string' && (
        <Fact term={words.evidence.serving}>
          <span className={serving === 'SERVING' ? undefined : 'bad'}>{serving}</span>
        </Fact>
      )}
    </>
  );
}

function address(ip: string, port: number | undefined): string {
  const host = ip.includes(':') ? `[${ip}]` : ip;
  return port === undefined ? host : `${host}:${port}`;
}
