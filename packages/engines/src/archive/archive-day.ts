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
import { storeFailed } from '../rows/store-failed.ts';
import { COLUMNS, damaged, lineOf } from './csv.ts';
import {
  type ArchiveManifest,
  type ArchivePart,
  clearEdition,
  FORMAT,
  listArchive,
  sha256Of,
  syncFolder,
  writeManifest,
} from './manifest.ts';
import { readEditions, readPart } from './read-archive.ts';

/** A question for one check reads the parts it lies in: each is some 10 MB, half a second of reading. */
const PART_ROWS = 100_000;
const PAGE_ROWS = 5_000;
const CHUNK_CHARACTERS = 64 * 1024;
const COMPRESSION_LEVEL = 6;

/**
 * Exports what the store has of the day that begins at this multiple of a day and the archive has not.
 * When it resolves all of it is in files that were read back; undefined when there was nothing to add.
 */
export async function archiveDay(
  results: Results,
  folder: string,
  dayMs: number,
  signal?: AbortSignal,
): Promise<ArchiveManifest | undefined> {
  const day = new Date(dayMs).toISOString().slice(0, 10);
  const editions = (await listArchive(folder)).filter((manifest) => manifest.day === day);
  const edition = 1 + Math.max(0, ...editions.map((manifest) => manifest.edition));
  await clearEdition(folder, day, edition);
  const { schemaVersion } = await results.usage();
  const known = new KnownRuns();
  await known.open(editions.map((manifest) => readEditions(folder, [manifest], undefined, signal)));
  const rows = rowsOf(results, dayMs, known, signal);
  const parts: ArchivePart[] = [];
  for (let isMore = true; isMore; ) {
    const part = await writePart(folder, `${day}-${edition}.${parts.length + 1}.csv.zst`, rows);
    isMore = part !== undefined && part.rows === PART_ROWS;
    if (part !== undefined) parts.push(part);
  }
  if (parts.length === 0) {
    for (const manifest of editions) await verifyParts(folder, manifest, signal);
    return undefined;
  }
  await syncFolder(folder);
  const range = { fromMs: dayMs, toMs: dayMs + DAY_MS };
  const total = parts.reduce((sum, part) => sum + part.rows, 0);
  const facts = { format: FORMAT, day, edition, ...range, columns: COLUMNS, schemaVersion };
  const manifest: ArchiveManifest = { ...facts, rows: total, parts };
  await verifyParts(folder, manifest, signal);
  await writeManifest(folder, manifest);
  return manifest;
}

/** Reads every row of these days, or of all, back. Throws STORE_FAILED for the first that does not hold. */
export async function verifyArchive(
  folder: string,
  days?: readonly string[],
  signal?: AbortSignal,
): Promise<ArchiveManifest[]> {
  const all = await listArchive(folder);
  const wanted = days === undefined ? all : all.filter(({ day }) => days.includes(day));
  for (const manifest of wanted) await verifyParts(folder, manifest, signal);
  return wanted;
}

async function verifyParts(folder: string, { day, parts }: ArchiveManifest, signal?: AbortSignal) {
  for (const part of parts) {
    const path = join(folder, part.file);
    if ((await sha256Of(path, signal)) !== part.sha256)
      throw damaged(`${part.file} of ${day} is not what was written`);
    let rows = 0;
    for await (const _ of readPart(path, undefined, signal)) rows += 1;
    if (rows !== part.rows)
      throw damaged(`${part.file} of ${day} has ${rows} of ${part.rows} rows`);
  }
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

/** Every row of a day that is not known, by check, then time. */
async function* rowsOf(
  results: Results,
  dayMs: number,
  known: KnownRuns,
  signal?: AbortSignal,
): AsyncGenerator<ProbeResult> {
  const newest = await results.latest({});
  const checks = newest.map(({ key: { namespace, check } }) => ({ namespace, check }));
  for (const check of checks.sort(compareChecks)) {
    const keys = await known.of(check);
    for await (const row of rowsOfCheck(results, check, dayMs, signal))
      if (!keys.has(JSON.stringify(row.key))) yield row;
  }
}

async function* rowsOfCheck(
  results: Results,
  check: CheckReference,
  dayMs: number,
  signal?: AbortSignal,
): AsyncGenerator<ProbeResult> {
  let fromMs = dayMs;
  let told = new Set<string>();
  for (;;) {
    signal?.throwIfAborted();
    const query = { check, fromMs, toMs: dayMs + DAY_MS, limit: PAGE_ROWS };
    const page = await results.series(query);
    const fresh = page.filter(({ key }) => !told.has(JSON.stringify(key)));
    yield* fresh;
    if (page.length < PAGE_ROWS) return;
    // The next page begins with the last moment of this one, some of whose runs were told.
    const lastMs = page.at(-1)?.key.plannedAtMs ?? fromMs;
    if (fresh.length === 0 || (lastMs === fromMs && page[0]?.key.plannedAtMs === lastMs))
      throw storeFailed(
        `More than ${PAGE_ROWS} runs of ${check.check} were planned for one moment`,
      );
    fromMs = lastMs;
    told = new Set(
      page.filter(({ key }) => key.plannedAtMs === lastMs).map(({ key }) => JSON.stringify(key)),
    );
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
