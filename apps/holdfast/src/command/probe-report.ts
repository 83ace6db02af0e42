// One result as people and programs read it: the flat record of `--json`, and the lines of the
// terminal. Pure: a result in, text out.

import { DEFAULT_FAULT_TABLE } from '@holdfast/resources/fault-table';
import type { Phase, PhaseName, ProbeResult } from '@holdfast/resources/result';
import { fit, type Paint, paint, printable, type Terminal, wrapped } from '../cli/terminal.ts';
import { failureAnswer } from '../failure-answer.ts';
import { kindFacts } from './kind-facts.ts';
import { resolutionTable } from './resolution-table.ts';

const DAY_MS = 86_400_000;

export interface ReportOptions {
  /** The whole chain instead of the leaf's dates. */
  tlsInfo: boolean;
  /** Headers, addresses and raw phases too. */
  verbose: boolean;
  nowMs: number;
  /** Of the report, for a run that was not traced. */
  traceId: string;
}

/** The flat record of MISSION P1 and P2: what did not happen is absent, never zero. */
export function flatRecord(result: ProbeResult, options: ReportOptions): Record<string, unknown> {
  const { tls, kernel } = result.context;
  const { headers, ...detail } = result.detail;
  return defined({
    target: result.target,
    protocol: result.kind,
    status: result.status,
    duration_ms: round(result.totalMs),
    dns_time_ms: summed(result.phases, ['resolve']),
    tcp_time_ms: summed(result.phases, ['connect']),
    tcp_kernel_time_ms: kernel === undefined ? undefined : round(kernel.handshakeMs),
    tls_time_ms: summed(result.phases, ['tls']),
    response_time_ms: summed(result.phases, ['write', 'wait', 'transfer']),
    fault: result.fault,
    error: failureAnswer(result, DEFAULT_FAULT_TABLE, options.traceId),
    ...detail,
    peer_ip: result.context.peerIp,
    peer_port: result.context.peerPort,
    ip_version: result.context.ipVersion,
    negotiated_protocol: tls?.alpn ?? httpVersion(result)?.toLowerCase(),
    tls_version: tls?.version,
    certificate_valid: tls?.verified,
    certificate_error: tls?.verifyError,
    certificate_valid_from: isoTime(tls?.chain[0]?.validFromMs),
    certificate_valid_until: isoTime(tls?.chain[0]?.validToMs),
    certificate_days_left: daysLeft(tls?.chain[0]?.validToMs, options.nowMs),
    tls: options.tlsInfo ? tls : undefined,
    phases: result.phases,
    headers: options.verbose ? headers : undefined,
    context: options.verbose ? result.context : undefined,
    timestamp: isoTime(result.startedAtMs),
  });
}

function httpVersion(result: ProbeResult): string | undefined {
  const version = result.detail.http_version;
  return typeof version === 'string' ? `HTTP/${version}` : undefined;
}

function defined(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

function summed(phases: readonly Phase[], names: readonly PhaseName[]): number | undefined {
  const those = phases.filter((phase) => names.includes(phase.name));
  if (those.length === 0) return undefined;
  return round(those.reduce((sum, phase) => sum + phase.durationMs, 0));
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function isoTime(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

function daysLeft(validToMs: number | undefined, nowMs: number): number | undefined {
  return validToMs === undefined ? undefined : Math.floor((validToMs - nowMs) / DAY_MS);
}

const STATUS_PAINT = { up: 'green', down: 'red', timeout: 'red', invalid: 'grey' } as const;
const STATUS_MARK = { up: '●', down: '▲', timeout: '▲', invalid: '○' } as const;
const STATUS_ASCII = { up: '+', down: '!', timeout: '!', invalid: '?' } as const;

const PHASE_PAINT: Record<PhaseName, Paint> = {
  resolve: 'cyan',
  connect: 'amber',
  tls: 'magenta',
  write: 'grey',
  wait: 'green',
  transfer: 'blue',
};

/** Verdict first, the ruler of phases under it, facts after, what to try last. */
export function terminalReport(
  result: ProbeResult,
  terminal: Terminal,
  options: ReportOptions,
): string {
  const lines = [
    verdict(result, terminal),
    ...ruler(result, terminal),
    ...resolutionTable(result, terminal),
    ...facts(result, terminal, options),
  ];
  if (result.fault !== undefined) lines.push('', ...faultLines(result, terminal));
  return `${lines.join('\n')}\n`;
}

function verdict(result: ProbeResult, terminal: Terminal): string {
  const mark = terminal.unicode ? STATUS_MARK[result.status] : STATUS_ASCII[result.status];
  const status = paint(terminal, STATUS_PAINT[result.status], `${mark} ${result.status}`);
  const said = [result.detail.status_code, httpVersion(result), result.context.tls?.version]
    .filter((part) => part !== undefined)
    .join(' ');
  const total = `${milliseconds(result.totalMs)} ms`;
  const room = terminal.columns - result.status.length - said.length - total.length - 10;
  const target = fit(terminal, printable(result.target), Math.max(16, room));
  return [status, paint(terminal, 'bold', target), said, total]
    .filter((part) => part !== '')
    .join('  ');
}

const NAME_COLUMNS = 13;
const NUMBER_COLUMNS = 12;

function ruler(result: ProbeResult, terminal: Terminal): string[] {
  const width = Math.max(10, Math.min(60, terminal.columns - NAME_COLUMNS - NUMBER_COLUMNS - 4));
  const hops = new Set(result.phases.map((phase) => phase.hop)).size;
  return result.phases.map((phase) => {
    const name = hops > 1 ? `${phase.name} ${phase.hop + 1}` : phase.name;
    const bar = barOf(phase, result.totalMs, width, terminal);
    const number = milliseconds(phase.durationMs).padStart(8);
    return `  ${name.padEnd(NAME_COLUMNS)}${bar} ${number} ms`;
  });
}

function barOf(phase: Phase, totalMs: number, width: number, terminal: Terminal): string {
  const scale = totalMs > 0 ? width / totalMs : 0;
  const before = Math.min(width - 1, Math.floor(phase.startMs * scale));
  const length = Math.min(width - before, Math.max(1, Math.round(phase.durationMs * scale)));
  const block = (terminal.unicode ? '█' : '=').repeat(length);
  const after = ' '.repeat(width - before - length);
  return `${' '.repeat(before)}${paint(terminal, PHASE_PAINT[phase.name], block)}${after}`;
}

/** At most three significant digits, never less than a microsecond. */
function milliseconds(ms: number): string {
  if (ms >= 100) return ms.toFixed(0);
  if (ms >= 10) return ms.toFixed(1);
  return ms >= 1 ? ms.toFixed(2) : ms.toFixed(3);
}

function facts(result: ProbeResult, terminal: Terminal, options: ReportOptions): string[] {
  const { context, detail } = result;
  const rows: [string, string | undefined][] = [
    ['peer', context.peerIp === undefined ? undefined : endpoint(context.peerIp, context.peerPort)],
    ['addresses', (context.addresses?.length ?? 0) > 1 ? context.addresses?.join(', ') : undefined],
    [
      'kernel',
      context.kernel &&
        `handshake ${milliseconds(context.kernel.handshakeMs)} ms, ${context.kernel.retransmits} retransmits`,
    ],
    ['certificate', certificateLine(result, options.nowMs)],
    [
      'redirects',
      (context.urls?.length ?? 0) > 1
        ? context.urls?.join(terminal.unicode ? ' → ' : ' -> ')
        : undefined,
    ],
    [
      'body',
      detail.body_length === undefined
        ? undefined
        : `${detail.body_length} bytes ${detail.content_type ?? ''}`.trimEnd(),
    ],
    ...addressRows(result),
    ...kindFacts(result),
    ...(options.tlsInfo ? chainRows(result) : []),
    ...(options.verbose ? headerRows(result) : []),
  ];
  return factLines(rows, terminal);
}

function factLines(rows: readonly [string, string | undefined][], terminal: Terminal): string[] {
  const lines = rows.filter(([, text]) => text !== undefined && text !== '');
  if (lines.length === 0) return [];
  const width = Math.max(NAME_COLUMNS, ...lines.map(([name]) => name.length + 2));
  return [
    '',
    ...lines.map(
      ([name, text = '']) =>
        `  ${paint(terminal, 'grey', printable(name).padEnd(width))}${wrapped(terminal, printable(text), width + 2)}`,
    ),
  ];
}

function endpoint(ip: string, port: number | undefined): string {
  if (port === undefined) return ip;
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

function certificateLine(result: ProbeResult, nowMs: number): string | undefined {
  const { tls } = result.context;
  const leaf = tls?.chain[0];
  if (tls === undefined || leaf === undefined) return undefined;
  const days = daysLeft(leaf.validToMs, nowMs) ?? 0;
  const when = days < 0 ? `expired ${-days} days ago` : `${days} days left`;
  const trust = tls.verified ? 'verified' : `NOT verified (${tls.verifyError ?? 'unknown reason'})`;
  return `${when}, ${trust}, ${tls.cipher}`;
}

function chainRows(result: ProbeResult): [string, string][] {
  return (result.context.tls?.chain ?? []).map((one, index) => [
    `chain ${index}`,
    `${one.subject} (by ${one.issuer}), ${isoTime(one.validFromMs)?.slice(0, 10)} to ${isoTime(one.validToMs)?.slice(0, 10)}, ${one.publicKey}`,
  ]);
}

/** One for each address of a name of which all were asked. */
function addressRows({ detail }: ProbeResult): [string, string][] {
  if (!Array.isArray(detail.addresses)) return [];
  return detail.addresses.map(({ ip, status, total_ms: totalMs, code }) => {
    const time = typeof totalMs === 'number' ? `${milliseconds(totalMs)} ms` : '';
    return ['address', [ip, status, time, code].filter(Boolean).join('  ')];
  });
}

function headerRows(result: ProbeResult): [string, string][] {
  const headers = result.detail.headers;
  if (typeof headers !== 'object' || headers === null) return [];
  return Object.entries(headers).map(([name, value]) => ['header', `${name}: ${value}`]);
}

function faultLines(result: ProbeResult, terminal: Terminal): string[] {
  const { fault } = result;
  if (fault === undefined) return [];
  const where = fault.phase === undefined ? '' : ` in ${fault.phase}`;
  const said = `${fault.code} (${fault.class}${where}): ${printable(fault.message)}`;
  const lines = [
    `  ${wrapped(terminal, said, 2).replace(fault.code, paint(terminal, 'red', fault.code))}`,
  ];
  if (fault.cure !== undefined)
    lines.push(
      `  ${paint(terminal, 'grey', 'try'.padEnd(NAME_COLUMNS))}${wrapped(terminal, printable(fault.cure), NAME_COLUMNS + 2)}`,
    );
  return lines;
}
