// From figures of result stores to claims. Each limit is a promise of the project, written once, here.

import { exactly, type Figure, type Goal, type Row, rowOf } from '../report.ts';
import type { Question } from './results-questions.ts';

export interface ResultsFigures {
  postgresPerS: Figure;
  postgresCpuUs: Figure;
  serverCpuUs: Figure;
  sqlitePerS: Figure;
  sqliteCpuUs: Figure;
  /** Of the bare rows; absent when there is no program for it, and then why. */
  copied: Figure | undefined;
  noCopy?: string;
  inserted: Figure;
  /** Of a row with its rollups and indexes. */
  bytes: { postgres: number; sqlite: number };
  answers: ReadonlyMap<Question, { postgres: Figure; sqlite: Figure }>;
  /** Of a raw row in SQLite. */
  rawBytes: number;
  /** SQLite's. */
  retainMs: number;
}

interface Pledge {
  metric: string;
  postgresMsMax: number;
  /** Where it was promised of the store that everybody begins with. */
  sqliteMsMax?: number;
}

const POSTGRES_PER_S = 50_000;
const SQLITE_PER_S = 100_000;
const POSTGRES_CPU_US_MAX = 25;
const SERVER_CPU_US_MAX = 15;
const POSTGRES_BYTES_MAX = 600;
const SQLITE_RAW_BYTES_MAX = 260;
const RETAIN_MS_MAX = 1_000;

export function resultsRows(
  figures: ResultsFigures,
  sizes: { checks: number; overviewChecks: number },
): Row[] {
  return [
    ...appendRows(figures),
    ...[...pledgesOf(sizes)].flatMap(([question, pledge]) =>
      questionRows(figures, question, pledge),
    ),
    atMost('PostgreSQL, a row with rollups', 'bytes', POSTGRES_BYTES_MAX, {
      ours: exactly(figures.bytes.postgres),
      against: 'SQLite',
      theirs: exactly(figures.bytes.sqlite),
    }),
    atMost('SQLite, a raw row', 'bytes', SQLITE_RAW_BYTES_MAX, {
      ours: exactly(figures.rawBytes),
    }),
    atMost('SQLite, retention', 'ms', RETAIN_MS_MAX, {
      ours: exactly(figures.retainMs),
    }),
  ];
}

function appendRows(figures: ResultsFigures): Row[] {
  const { copied, noCopy, inserted, postgresPerS, sqlitePerS } = figures;
  const atLeast = (value: number): Goal => ({ of: 'ours', op: '>=', value });
  return [
    rowOf({
      metric: 'PostgreSQL, results appended',
      unit: '/s',
      goal: atLeast(POSTGRES_PER_S),
      ours: postgresPerS,
      against: noCopy ?? 'psql, one COPY',
      ...(copied === undefined ? {} : { theirs: copied }),
    }),
    rowOf({
      metric: 'SQLite, results appended',
      unit: '/s',
      goal: atLeast(SQLITE_PER_S),
      ours: sqlitePerS,
      against: 'bare inserts',
      theirs: inserted,
    }),
    atMost('PostgreSQL, appending, our CPU', 'µs', POSTGRES_CPU_US_MAX, {
      ours: figures.postgresCpuUs,
      against: 'to SQLite',
      theirs: figures.sqliteCpuUs,
    }),
    ...(Number.isNaN(figures.serverCpuUs.median)
      ? []
      : [
          atMost('PostgreSQL, appending, its CPU', 'µs', SERVER_CPU_US_MAX, {
            ours: figures.serverCpuUs,
          }),
        ]),
  ];
}

function pledgesOf({ checks, overviewChecks }: { checks: number; overviewChecks: number }) {
  const many = checks.toLocaleString('en-US');
  const overview = overviewChecks.toLocaleString('en-US');
  return new Map<Question, Pledge>([
    ['latest', { metric: `latest of ${many} checks`, postgresMsMax: 500 }],
    ['recent', { metric: `latest 60 of ${many} checks`, postgresMsMax: 3_000 }],
    ['raw day', { metric: 'raw day of one check', postgresMsMax: 40, sqliteMsMax: 20 }],
    ['minutes', { metric: 'day of one check by minute', postgresMsMax: 40 }],
    ['codes', { metric: 'latency by code, a day', postgresMsMax: 40 }],
    ['cells', { metric: 'heat map of a day', postgresMsMax: 40 }],
    [
      'overview by day',
      { metric: `overview of ${overview} by day`, postgresMsMax: 200, sqliteMsMax: 100 },
    ],
    ['overview by hour', { metric: `overview of ${overview} by hour`, postgresMsMax: 400 }],
  ]);
}

function questionRows(
  { answers }: ResultsFigures,
  question: Question,
  { metric, postgresMsMax, sqliteMsMax }: Pledge,
): Row[] {
  const answer = answers.get(question);
  if (answer === undefined) throw new Error(`The stores were not asked for: ${question}.`);
  const { postgres: ours, sqlite: theirs } = answer;
  const row = atMost(`PostgreSQL, ${metric}`, 'ms', postgresMsMax, {
    ours,
    against: 'SQLite',
    theirs,
  });
  if (sqliteMsMax === undefined) return [row];
  return [row, atMost(`SQLite, ${metric}`, 'ms', sqliteMsMax, { ours: theirs })];
}

function atMost(
  metric: string,
  unit: string,
  value: number,
  figures: { ours: Figure; against?: string; theirs?: Figure },
): Row {
  return rowOf({ metric, unit, goal: { of: 'ours', op: '<=', value }, ...figures });
}
