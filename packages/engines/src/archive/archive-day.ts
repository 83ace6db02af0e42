// A day of raw results written to compressed files and proven by reading them back. It works on the
// contract, so that any store can be archived; it holds a page of rows at a time. An export that was cut
// off leaves nothing that counts, and is begun anew.

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import type { CheckReference, ProbeResult } from '@holdfast/resources/result';
import { DAY_MS } from '../results/questions.ts';
import type { Results } from '../results/results.ts';
import { compareChecks } from '../rows/bucket-sums.ts';
import { COLUMNS, lineOf } from './csv.ts';
import {
  type ArchiveManifest,
  type ArchivePart,
  clearEdition,
  FORMAT,
  listArchive,
  syncFolder,
  writeManifest,
} from './manifest.ts';
import { readEditions } from './read-archive.ts';
import { storedChecks, storedRows } from './stored-day.ts';
import { verifyParts } from './verify-archive.ts';

/** A question for one check reads the parts it lies in: each is some 10 MB, half a second of reading. */
const PART_ROWS = 100_000;
const CHUNK_CHARACTERS = 64 * 1024;
const COMPRESSION_LEVEL = 6;

export interface ArchivedDay {
  /** What was added; absent when the archive had all of it. */
  manifest?: ArchiveManifest;
  /** Of the day, in the store: all of them are in the archive. */
  rows: number;
}

/**
 * Exports what the store has of the day that begins at this multiple of a day and the archive has not.
 * When it resolves all of it is in files that were read back.
 */
export async function archiveDay(
  results: Results,
  folder: string,
  dayMs: number,
  signal?: AbortSignal,
): Promise<ArchivedDay> {
  const day = new Date(dayMs).toISOString().slice(0, 10);
  const editions = (await listArchive(folder)).filter((manifest) => manifest.day === day);
  const edition = 1 + Math.max(0, ...editions.map((manifest) => manifest.edition));
  await clearEdition(folder, day, edition);
  const { schemaVersion } = await results.usage();
  const known = new KnownRuns();
  await known.open(editions.map((manifest) => readEditions(folder, [manifest], undefined, signal)));
  const seen = { rows: 0 };
  const rows = newRows(results, dayMs, known, seen, signal);
  const parts: ArchivePart[] = [];
  for (let isMore = true; isMore; ) {
    const part = await writePart(folder, `${day}-${edition}.${parts.length + 1}.csv.zst`, rows);
    isMore = part !== undefined && part.rows === PART_ROWS;
    if (part !== undefined) parts.push(part);
  }
  if (parts.length === 0) {
    for (const manifest of editions) await verifyParts(folder, manifest, signal);
    return seen;
  }
  await syncFolder(folder);
  const range = { fromMs: dayMs, toMs: dayMs + DAY_MS };
  const total = parts.reduce((sum, part) => sum + part.rows, 0);
  const facts = { format: FORMAT, day, edition, ...range, columns: COLUMNS, schemaVersion };
  const manifest: ArchiveManifest = { ...facts, rows: total, parts };
  await verifyParts(folder, manifest, signal);
  await writeManifest(folder, manifest);
  return { manifest, ...seen };
}

/** Undefined when there are no more rows. */
async function writePart(
  folder: string,
  file: string,
  rows: AsyncIterator<ProbeResult>,
): Promise<ArchivePart | undefined> {
  const first = await rows.next();
  if (first.done) return undefined;
  const path = join(folder, file);
  const hash = createHash('sha256');
  const proof = new Transform({
    transform(chunk, _, done) {
      hash.update(chunk);
      done(undefined, chunk);
    },
  });
  const told = { rows: 0, lastCheck: checkOf(first.value) };
  const compress = createZstdCompress({
    params: {
      [constants.ZSTD_c_compressionLevel]: COMPRESSION_LEVEL,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
  });
  const lines = Readable.from(chunksOf(first.value, rows, told));
  await pipeline(lines, compress, proof, createWriteStream(`${path}.tmp`, { flush: true }));
  await rename(`${path}.tmp`, path);
  return {
    file,
    rows: told.rows,
    bytes: (await stat(path)).size,
    sha256: hash.digest('hex'),
    firstCheck: checkOf(first.value),
    lastCheck: told.lastCheck,
  };
}

async function* chunksOf(
  first: ProbeResult,
  rows: AsyncIterator<ProbeResult>,
  told: { rows: number; lastCheck: CheckReference },
): AsyncGenerator<string> {
  let chunk = `${COLUMNS.join(',')}\r\n`;
  for (let row = first; ; ) {
    chunk += lineOf(row);
    told.rows += 1;
    told.lastCheck = checkOf(row);
    if (chunk.length >= CHUNK_CHARACTERS) {
      yield chunk;
      chunk = '';
    }
    if (told.rows === PART_ROWS) break;
    const next = await rows.next();
    if (next.done) break;
    row = next.value;
  }
  yield chunk;
}

/** Every row of a day that is not known, by check, then time; counts all. */
async function* newRows(
  results: Results,
  dayMs: number,
  known: KnownRuns,
  seen: { rows: number },
  signal?: AbortSignal,
): AsyncGenerator<ProbeResult> {
  for (const check of await storedChecks(results)) {
    const keys = await known.of(check);
    for await (const row of storedRows(results, check, dayMs, signal)) {
      seen.rows += 1;
      if (!keys.has(JSON.stringify(row.key))) yield row;
    }
  }
}

function checkOf({ key: { namespace, check } }: ProbeResult): CheckReference {
  return { namespace, check };
}

/** The keys that earlier editions hold, check by check in order, so that only one check's are in memory. */
class KnownRuns {
  readonly #editions: { rows: AsyncIterator<ProbeResult>; next: ProbeResult | undefined }[] = [];

  async open(editions: readonly AsyncIterator<ProbeResult>[]): Promise<void> {
    for (const rows of editions) this.#editions.push({ rows, next: (await rows.next()).value });
  }

  /** Must be asked in the order of checks. */
  async of(check: CheckReference): Promise<Set<string>> {
    const keys = new Set<string>();
    for (const edition of this.#editions) {
      while (edition.next !== undefined && compareChecks(edition.next.key, check) <= 0) {
        if (compareChecks(edition.next.key, check) === 0)
          keys.add(JSON.stringify(edition.next.key));
        edition.next = (await edition.rows.next()).value;
      }
    }
    return keys;
  }
}
