// An archive proven: every file hashed and read to its last row. Nothing is believed because it was
// proven before, and what is damaged in one place says nothing of the others.

import { join } from 'node:path';
import { type HoldfastError, isHoldfastError } from '@holdfast/kernel';
import { damaged } from './csv.ts';
import { type ArchiveManifest, sha256Of, surveyArchive } from './manifest.ts';
import { readPart } from './read-archive.ts';

const ROWS_TOLD = 10_000;

export interface Verified {
  /** Absent: it is the manifest that does not hold. */
  manifest?: ArchiveManifest;
  /** STORE_FAILED, of the first file that does not hold; absent: all do. */
  fault?: HoldfastError;
}

export interface VerifyOptions {
  signal?: AbortSignal | undefined;
  /** Told every so many rows, how many were read in all: a day may take minutes. */
  onRows?: (rows: number) => void;
}

/** Reads every row of these days, or of all, back, an edition at a time. */
export async function* verifyArchive(
  folder: string,
  days?: readonly string[],
  { signal, onRows }: VerifyOptions = {},
): AsyncGenerator<Verified> {
  let rows = 0;
  const onRow = () => {
    rows += 1;
    if (rows % ROWS_TOLD === 0) onRows?.(rows);
  };
  const { manifests, faults } = await surveyArchive(folder);
  // A manifest that cannot be read may be that of any day.
  for (const fault of faults) yield { fault };
  for (const manifest of manifests) {
    if (days !== undefined && !days.includes(manifest.day)) continue;
    const fault = await faultOf(folder, manifest, signal, onRow);
    yield fault === undefined ? { manifest } : { manifest, fault };
  }
}

async function faultOf(
  folder: string,
  manifest: ArchiveManifest,
  signal: AbortSignal | undefined,
  onRow: () => void,
) {
  try {
    await verifyParts(folder, manifest, signal, onRow);
    return undefined;
  } catch (error) {
    if (isHoldfastError(error)) return error;
    throw error;
  }
}

/** Throws STORE_FAILED for the first file that does not hold. */
export async function verifyParts(
  folder: string,
  { day, rows: rowsOfDay, parts }: ArchiveManifest,
  signal?: AbortSignal,
  onRow?: () => void,
): Promise<void> {
  let rowsFound = 0;
  for (const part of parts) {
    const path = join(folder, part.file);
    if ((await sha256Of(path, signal)) !== part.sha256)
      throw damaged(`${part.file} of ${day} is not what was written`);
    let rows = 0;
    for await (const _ of readPart(path, undefined, signal)) {
      rows += 1;
      onRow?.();
    }
    if (rows !== part.rows)
      throw damaged(`${part.file} of ${day} has ${rows} of ${part.rows} rows`);
    rowsFound += rows;
  }
  if (rowsFound !== rowsOfDay)
    throw damaged(`The parts of ${day} have ${rowsFound} of ${rowsOfDay} rows`);
}
