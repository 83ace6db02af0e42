// What each kind has to say of itself in a terminal, as rows of a name and a text. Reads the
// detail of a result defensively: it may come from another version.

import type { ProbeResult } from '@holdfast/resources/result';

type Row = [name: string, text: string];

const RECORDS_SHOWN_MAX = 12;
const STEPS_SHOWN_MAX = 20;
/** Of what a plugin tells. */
const FACTS_SHOWN_MAX = 24;
const FACT_LENGTH_MAX = 200;

export function kindFacts({ kind, detail }: ProbeResult): Row[] {
  if (kind === 'icmp') return icmpFacts(detail);
  if (kind === 'dns') return dnsFacts(detail);
  if (kind === 'grpc') return grpcFacts(detail);
  if (kind === 'tls') return tlsFacts(detail);
  if (kind === 'tcp') return tcpFacts(detail);
  return kind === 'http' ? [] : plainFacts(detail);
}

function icmpFacts(detail: Record<string, unknown>): Row[] {
  const { packets_sent: sent, packets_received: received, loss } = detail;
  if (typeof sent !== 'number' || typeof loss !== 'number') return [];
  const rows: Row[] = [['packets', `${sent} sent, ${received} received, ${percent(loss)} lost`]];
  const { rtt_min_ms: min, rtt_avg_ms: avg, rtt_max_ms: max, jitter_ms: jitter } = detail;
  if (avg !== undefined) {
    const differing = jitter === undefined ? '' : `, jitter ${jitter}`;
    rows.push(['round trip', `min ${min}, avg ${avg}, max ${max}${differing} ms`]);
  }
  if (detail.ttl !== undefined) rows.push(['ttl', `${detail.ttl} of ${detail.ttl_initial}`]);
  return rows;
}

function dnsFacts(detail: Record<string, unknown>): Row[] {
  const { rcode, query_time: queryMs, transport, server, records, nsid } = detail;
  if (rcode === undefined) return [];
  // After a trace the table says who answered.
  const who = server === undefined ? '' : ` in ${queryMs} ms over ${transport} from ${server}`;
  const rows: Row[] = [['answer', `${rcode}${who}${nsid === undefined ? '' : ` (${nsid})`}`]];
  const lines = Array.isArray(records) ? records : [];
  for (const line of lines.slice(0, RECORDS_SHOWN_MAX)) rows.push(['record', String(line)]);
  const more = lines.length - RECORDS_SHOWN_MAX;
  if (more > 0) rows.push(['record', `and ${more} more`]);
  return rows;
}

function grpcFacts(detail: Record<string, unknown>): Row[] {
  const { grpc_status: status, grpc_message: message, serving_status: serving } = detail;
  const said = [status, serving, message].filter((part) => part !== undefined && part !== '');
  return said.length === 0 ? [] : [['status', said.join(', ')]];
}

function tlsFacts(detail: Record<string, unknown>): Row[] {
  const rows: Row[] = [];
  if (detail.key_exchange !== undefined) rows.push(['keys', String(detail.key_exchange)]);
  const { ocsp } = detail;
  if (typeof ocsp === 'object' && ocsp !== null && 'stapled' in ocsp) {
    const status = 'status' in ocsp ? `, ${ocsp.status}` : '';
    rows.push(['ocsp', `${ocsp.stapled ? 'stapled' : 'not stapled'}${status}`]);
  }
  return rows;
}

function tcpFacts(detail: Record<string, unknown>): Row[] {
  const { banner, recognized, steps, peer_text: peerText } = detail;
  const rows: Row[] = [];
  if (isRecord(recognized)) {
    const { protocol, product, version } = recognized;
    const words = [protocol, product, version].filter((word) => word !== undefined);
    rows.push(['speaks', words.join(' ')]);
  }
  if (banner !== undefined) rows.push(['banner', oneLine(banner)]);
  const played = Array.isArray(steps) ? steps.filter(isRecord) : [];
  for (const step of played.slice(0, STEPS_SHOWN_MAX)) rows.push(['step', stepText(step)]);
  const more = played.length - STEPS_SHOWN_MAX;
  if (more > 0) rows.push(['step', `and ${more} more`]);
  if (peerText !== undefined) rows.push(['it said', oneLine(peerText)]);
  return rows;
}

function stepText({ step, kind, at_ms: atMs, bytes, matched }: Record<string, unknown>): string {
  const what = matched ?? (bytes === undefined ? undefined : `${bytes} bytes`);
  const facts = what === undefined ? '' : `: ${oneLine(what)}`;
  const when = atMs === undefined ? 'not done' : `at ${atMs} ms`;
  return `${step} ${String(kind).replaceAll('_', ' ')}${facts} (${when})`;
}

/** What a plugin tells, under its own names. */
function plainFacts(detail: Record<string, unknown>): Row[] {
  // The addresses of a name are told for every kind.
  const facts = Object.entries(detail).filter(([name]) => name !== 'addresses');
  const rows = facts.slice(0, FACTS_SHOWN_MAX).map(([name, value]): Row => {
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    return [name.replaceAll('_', ' '), oneLine(text).slice(0, FACT_LENGTH_MAX)];
  });
  const more = facts.length - FACTS_SHOWN_MAX;
  return more > 0 ? [...rows, ['', `and ${more} more`]] : rows;
}

/** A terminal shows one row for each fact. */
function oneLine(text: unknown): string {
  return String(text).replaceAll(/\s*\n\s*/g, ' / ');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
