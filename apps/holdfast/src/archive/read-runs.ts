// `holdfast archive read`: archived runs as lines of JSON, at the pace of whoever reads them.

import { type ArchiveQuery, readArchive } from '@holdfast/engines/archive';
import { HoldfastError } from '@holdfast/kernel';
import { DEFAULT_NAMESPACE } from '@holdfast/resources/resource-name';
import type { Call, Surroundings } from '../cli/command.ts';
import { pourLines } from '../cli/pour-lines.ts';
import { openArchive } from './archive-folder.ts';

/** A day, or a moment; UTC unless it says otherwise. */
const TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/;
/** The end of what a Date can hold. */
const END_MS = 8.64e15;

export async function readRuns(
  folder: string,
  call: Call,
  { signal }: Surroundings,
): Promise<number> {
  const query = queryOf(call);
  const { faults } = await openArchive(folder);
  if (faults[0] !== undefined) throw faults[0];
  const namespace = call.text('namespace');
  await pourLines(linesOf(folder, query, namespace, signal), process.stdout, signal);
  return signal.aborted ? 1 : 0;
}

async function* linesOf(
  folder: string,
  query: ArchiveQuery,
  namespace: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for await (const run of readArchive(folder, query, signal))
    if (namespace === undefined || run.key.namespace === namespace)
      yield `${JSON.stringify(run)}\n`;
}

function queryOf(call: Call): ArchiveQuery {
  const check = call.text('check');
  const namespace = call.text('namespace') ?? DEFAULT_NAMESPACE;
  const range = { fromMs: timeOf(call, 'from') ?? 0, toMs: timeOf(call, 'to') ?? END_MS };
  if (range.fromMs >= range.toMs)
    throw new HoldfastError('USAGE', '--to is not after --from', 'Give a time after --from.');
  return { ...range, ...(check === undefined ? {} : { check: { namespace, check } }) };
}

function timeOf(call: Call, option: string): number | undefined {
  const text = call.text(option);
  if (text === undefined) return undefined;
  const [, day, time = '00:00', zone = 'Z'] = TIME.exec(text) ?? [];
  const atMs = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${zone}`);
  if (!Number.isNaN(atMs)) return atMs;
  throw new HoldfastError(
    'USAGE',
    `--${option} ${JSON.stringify(text)} is no time`,
    'Write it like 2026-03-01 or 2026-03-01T12:30Z.',
  );
}
