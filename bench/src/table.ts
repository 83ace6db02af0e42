// A report for people: one line per row, aligned, at most 100 columns. Reasons of skipped rows stand
// once below the table.

import type { Goal, Report, Row } from './report.ts';

const HEADINGS = ['', 'ours', '', 'against', 'theirs', '', 'ratio', 'goal', ''];
/** Columns of text; numbers lean to the right. */
const TEXT_COLUMNS = new Set([0, 3, 7, 8]);
/** They belong to the figure on their left. */
const SPREAD_COLUMNS = new Set([2, 5]);

export function tableOf(report: Report): string {
  const { machine, rows } = report;
  const cells = [HEADINGS, ...rows.map(cellsOf)];
  const widths = HEADINGS.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  const lines = cells.map((line) => {
    const padded = line.map((cell, at) => {
      const width = widths[at] ?? 0;
      const gap = at === 0 ? '' : SPREAD_COLUMNS.has(at) ? ' ' : '  ';
      return gap + (TEXT_COLUMNS.has(at) ? cell.padEnd(width) : cell.padStart(width));
    });
    return padded.join('').trimEnd();
  });
  const head = [
    `${report.bench} — ${machine.processor}, ${machine.cores} cores, ${machine.memoryMb} MB`,
    `${machine.system}, Node ${machine.node}`,
  ];
  return [...head, '', ...lines, ...reasons(rows), ''].join('\n');
}

function cellsOf(row: Row): string[] {
  return [
    `${row.metric}, ${row.unit}`,
    numeral(row.ours),
    spreadOf(row.ours, row.spread.ours),
    row.against ?? '',
    row.theirs === undefined ? '' : numeral(row.theirs),
    row.theirs === undefined ? '' : spreadOf(row.theirs, row.spread.theirs),
    row.ratio === undefined ? '' : row.ratio.toFixed(2),
    goalText(row.goal),
    row.skipped !== undefined ? 'skipped' : row.pass ? 'pass' : 'MISS',
  ];
}

/** Half of the range in per cent of the median. */
function spreadOf(median: number, range: [number, number] | undefined): string {
  if (range === undefined || median === 0) return '';
  return `±${((50 * (range[1] - range[0])) / median).toFixed(0)}%`;
}

function goalText({ of, op, value }: Goal): string {
  const sign = { '<': '<', '<=': '≤', '>': '>', '>=': '≥' }[op];
  return of === 'ours' ? `${sign} ${numeral(value)}` : `${sign} ${value.toFixed(2)}×`;
}

function numeral(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(value < 100 ? 1 : 0);
}

function reasons(rows: readonly Row[]): string[] {
  const found = new Set(rows.flatMap(({ skipped }) => (skipped === undefined ? [] : [skipped])));
  return found.size === 0 ? [] : ['', ...[...found].map((reason) => `skipped: ${reason}`)];
}
