// What each kind has to say of itself in a terminal, as rows of a name and a text. Reads the
// detail of a result defensively: it may come from another version.

import type { ProbeResult } from '@holdfast/resources/result';

type Row = [name: string, text: string];

const RECORDS_SHOWN_MAX = 12;

export function kindFacts({ kind, detail }: ProbeResult): Row[] {
  if (kind === 'icmp') return icmpFacts(detail);
  if (kind === 'dns') return dnsFacts(detail);
  if (kind === 'grpc') return grpcFacts(detail);
  if (kind === 'tls') return tlsFacts(detail);
  return [];
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
  const { rcode, query_time: queryMs, transport, server, records } = detail;
  if (rcode === undefined) return [];
  const rows: Row[] = [['answer', `${rcode} in ${queryMs} ms over ${transport} from ${server}`]];
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

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
