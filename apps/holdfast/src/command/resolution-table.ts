// The way from the root to an answer as a table: one line for each server that was asked. Reads the
// detail of a result defensively: it may come from another version.

import type { ProbeResult } from '@holdfast/resources/result';
import { fit, paint, type Terminal } from '../cli/terminal.ts';

const STEPS_SHOWN_MAX = 48;
const ZONE_COLUMNS = 14;
const SERVER_COLUMNS = 20;
const ADDRESS_COLUMNS = 15;
const TIME_COLUMNS = 7;
const ANSWER_COLUMNS_MIN = 16;

type Cells = [zone: string, server: string, address: string, ms: string, answer: string];

/** Empty when nothing was traced. */
export function resolutionTable({ detail }: ProbeResult, terminal: Terminal): string[] {
  const chain = detail.resolution_chain;
  const steps = Array.isArray(chain) ? chain.filter(isRecord).slice(0, STEPS_SHOWN_MAX) : [];
  if (steps.length === 0) return [];
  const head = line(['zone', 'server', 'address', 'ms', 'answer'], terminal);
  const rows = steps.map((step) => {
    const text = line(cellsOf(step, terminal), terminal);
    return step.kind === 'fault' ? paint(terminal, 'red', text) : text;
  });
  return ['', paint(terminal, 'grey', head), ...rows];
}

function line([zone, server, address, ms, answer]: Cells, terminal: Terminal): string {
  const cell = (text: string, columns: number) => fit(terminal, text, columns).padEnd(columns);
  const before = [
    cell(zone, ZONE_COLUMNS),
    cell(server, SERVER_COLUMNS),
    cell(address, ADDRESS_COLUMNS),
    ms.padStart(TIME_COLUMNS),
  ].join(' ');
  const room = Math.max(ANSWER_COLUMNS_MIN, terminal.columns - before.length - 4);
  return `  ${before} ${fit(terminal, answer, room)}`.trimEnd();
}

function cellsOf(step: Record<string, unknown>, terminal: Terminal): Cells {
  const { zone, server, ip, time_ms: ms } = step;
  return [text(zone), text(server), text(ip), text(ms), answerOf(step, terminal)];
}

function answerOf(step: Record<string, unknown>, terminal: Terminal): string {
  const { kind, code, rcode, to, names, secure } = step;
  const arrow = terminal.unicode ? '→' : '->';
  const trust = secure === undefined ? '' : secure === true ? ', secure' : ', insecure';
  const [first] = Array.isArray(names) ? names : [];
  if (kind === 'fault') return text(code);
  if (kind === 'referral') return `${arrow} ${text(to)}${trust}`;
  if (kind === 'cname') return `${arrow} ${text(first)}${trust}`;
  return `${kind === 'nodata' && rcode === 'NOERROR' ? 'no records' : text(rcode)}${trust}`;
}

function text(value: unknown): string {
  return value === undefined ? '' : String(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
