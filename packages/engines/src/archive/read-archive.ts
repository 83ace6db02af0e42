// Archived results read again: as a stream, or for one check over a range, day by day and part by part, so
// that a question touches few files and memory holds one row besides the answer.

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import type { CheckReference, ProbeResult } from '@holdfast/resources/result';
import type { TimeRange } from '../results/results.ts';
import { compareChecks } from '../rows/bucket-sums.ts';
import { COLUMNS, damaged, linesOf, rowOf } from './csv.ts';
import { type ArchiveManifest, type ArchivePart, listArchive, unreadable } from './manifest.ts';

export interface ArchiveQuery extends TimeRange {
  /** Absent: every check. */
  check?: CheckReference;
  /** Newest day first; within a day always by check, then time. */
  descending?: boolean;
}

/** Throws STORE_FAILED for files that do not hold. */
export async function* readArchive(
  folder: string,
  query: ArchiveQuery,
  signal?: AbortSignal,
): AsyncGenerator<ProbeResult> {
  yield* readDays(folder, await listArchive(folder), query, signal);
}

/** The same of these manifests, which are in order. */
export async function* readDays(
  folder: string,
  manifests: readonly ArchiveManifest[],
  query: ArchiveQuery,
  signal?: AbortSignal,
): AsyncGenerator<ProbeResult> {
  const { check, fromMs, toMs, descending = false } = query;
  const wanted = manifests.filter((manifest) => manifest.fromMs < toMs && manifest.toMs > fromMs);
  const days = [...Map.groupBy(wanted, ({ day }) => day).values()];
  for (const editions of descending ? days.reverse() : days)
    for await (const row of readEditions(folder, editions, check, signal))
      if (row.key.plannedAtMs >= fromMs && row.key.plannedAtMs < toMs) yield row;
}

/** The rows of one file, of one check when it is said. */
export async function* readPart(
  path: string,
  check: CheckReference | undefined,
  signal?: AbortSignal,
): AsyncGenerator<ProbeResult> {
  const text = pipeline(
    createReadStream(path, signal === undefined ? {} : { signal }),
    createZstdDecompress(),
    // Whatever goes wrong is told to the reader of the stream.
    () => {},
  ).setEncoding('utf8');
  try {
    let isHead = true;
    for await (const fields of linesOf(text)) {
      if (isHead && fields.join() !== COLUMNS.join())
        throw damaged(`${path} begins with other columns`);
      const isRow = !isHead;
      isHead = false;
      if (!isRow) continue;
      if (check === undefined) yield rowOf(fields);
      else {
        const other = { namespace: fields[0] ?? '', check: fields[1] ?? '' };
        const order = compareChecks(other, check);
        // Rows are ordered by check: what follows is of others.
        if (order > 0) return;
        if (order === 0) yield rowOf(fields);
      }
    }
    if (isHead) throw damaged(`${path} is empty`);
  } catch (error) {
    const isZstd = /^Z(STD)?_/.test((error as NodeJS.ErrnoException).code ?? '');
    throw isZstd ? damaged(`${path} cannot be decompressed`) : unreadable(path, error);
  } finally {
    text.destroy();
  }
}

export async function* readEditions(
  folder: string,
  editions: readonly ArchiveManifest[],
  check: CheckReference | undefined,
  signal?: AbortSignal,
): AsyncGenerator<ProbeResult> {
  for (const { parts } of editions)
    for (const part of parts)
      if (check === undefined || mayHold(part, check))
        yield* readPart(join(folder, part.file), check, signal);
}

function mayHold({ firstCheck, lastCheck }: ArchivePart, check: CheckReference): boolean {
  return compareChecks(firstCheck, check) <= 0 && compareChecks(lastCheck, check) >= 0;
}
