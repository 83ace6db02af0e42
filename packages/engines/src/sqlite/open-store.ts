// The door of the SQLite engine: results and alert journal in one file, written by one worker and
// read by another, so that a question never holds up an append. A store in memory has one worker for
// both. Opening fails whole: whoever gets an error has nothing to close.

import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock, Logger } from '@holdfast/kernel';
import type { AlertJournal } from '../alert-journal/alert-journal.ts';
import type { Results } from '../results/results.ts';
import { AppendQueue } from '../rows/append-queue.ts';
import { buffersOf } from '../rows/row-columns.ts';
import type { Role } from './calls.ts';
import { MEMORY } from './database.ts';
import { writeBody } from './row-body.ts';
import { SqliteJournal } from './sqlite-journal.ts';
import { SqliteResults } from './sqlite-results.ts';
import { WorkerLink } from './worker-link.ts';

/** Ten minutes of 2,000 checks every 30 s; some 160 MB if it ever fills. */
const QUEUE_ROWS_DEFAULT = 40_000;
/**
 * Reached under load only, when a transaction then takes some 300 ms. Rows of one check share pages,
 * so that SQLite takes a third less for each than in transactions of 10,000.
 */
const BATCH_ROWS_MAX = 20_000;
/** What `close` gives the writer to write what is queued. */
const DRAIN_MS = 10_000;

export interface SqliteStoreOptions {
  /** Of the file, or `:memory:`. Beside it stand `-wal`, `-shm` and `.lock`. */
  path: string;
  clock: Clock;
  logger: Logger;
  /** Rows that may wait; beyond them the oldest are shed. */
  queueMax?: number;
}

export interface SqliteStore {
  results: Results;
  alertJournal: AlertJournal;
  /** The same as `results.close`: writes what is queued, then lets go of everything. */
  close(): Promise<void>;
}

/**
 * Throws DATA_LOCKED while another Holdfast has the store, STORE_TOO_NEW for one written by a newer
 * Holdfast, STORE_FAILED for a damaged or unreachable file.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const links = makeLinks(options, (nextTemplateId) => queue.restart(nextTemplateId));
  const { writer, reader } = links;
  const queue = new AppendQueue({
    capacity: options.queueMax ?? QUEUE_ROWS_DEFAULT,
    batchMax: BATCH_ROWS_MAX,
    writeBody,
    isReady: () => writer.isOpen,
    write: (batch) =>
      writer.call('append', batch, [...buffersOf(batch.columns), batch.code.buffer]),
    wallMs: () => options.clock.wallMs(),
  });
  await writer.open();
  try {
    if (reader !== writer) await reader.open();
  } catch (error) {
    await writer.close();
    throw error;
  }
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= closeAll(queue, links, options.clock);
    return closing;
  };
  const results = new SqliteResults(writer, reader, queue, close);
  return { results, alertJournal: new SqliteJournal(writer, reader), close };
}

interface Links {
  writer: WorkerLink;
  reader: WorkerLink;
}

function makeLinks(options: SqliteStoreOptions, onOpen: (nextTemplateId: number) => void): Links {
  const { clock, logger } = options;
  const path = options.path === MEMORY ? MEMORY : resolve(options.path);
  const spawn = () => new Worker(new URL('./store-worker.ts', import.meta.url));
  const link = (role: Role) =>
    new WorkerLink({
      path,
      role,
      spawn,
      clock,
      logger,
      ...(role === 'reader' ? {} : { onOpen: (opened) => onOpen(opened.nextTemplateId) }),
    });
  if (path !== MEMORY) return { writer: link('writer'), reader: link('reader') };
  const both = link('both');
  return { writer: both, reader: both };
}

async function closeAll(queue: AppendQueue, links: Links, clock: Clock): Promise<void> {
  const limit = clock.after(DRAIN_MS, () => queue.abandon());
  await queue.close();
  limit.cancel();
  if (links.reader !== links.writer) await links.reader.close();
  await links.writer.close();
}
