// The door of the PostgreSQL engine: results and alert journal in one schema of a database that several
// servers share. Opening migrates what is older and fails whole: whoever gets an error has nothing to
// close. With the TimescaleDB extension in the database its tables are hypertables.

import {
  type Chance,
  type Clock,
  HoldfastError,
  type Logger,
  systemChance,
} from '@holdfast/kernel';
import { ArchivedResults, type ArchiveOptions } from '../archive/archived-results.ts';
import { AppendQueue } from '../rows/append-queue.ts';
import type { Store } from '../store/store.ts';
import { Database } from './database.ts';
import { Partitions } from './partitions.ts';
import { PostgresJournal } from './postgres-journal.ts';
import { PostgresResults } from './postgres-results.ts';
import { ResultReader } from './result-reader.ts';
import { ResultWriter } from './result-writer.ts';
import { Retention } from './retention.ts';
import { RollupReader } from './rollup-reader.ts';
import { writeBody } from './row-form.ts';
import { migrate } from './schema.ts';
import { choosesTimescale, Hypertables } from './timescale.ts';
import { usageOf } from './usage.ts';

/** Ten minutes of 2,000 checks every 30 s; some 160 MB if it ever fills. */
const QUEUE_ROWS_DEFAULT = 40_000;
/** Reached under load only: what is sent in one go holds the caller's thread for some 100 ms. */
const BATCH_ROWS_MAX = 20_000;
/** What `close` gives the writer to write what is queued. */
const DRAIN_MS = 10_000;
/** Each opened store has ids of templates of its own: as many as can be told apart. */
const TEMPLATE_RANGE = 2 ** 32;
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,39}$/;

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`, with any option that PostgreSQL's own clients take. */
  url: string;
  clock: Clock;
  logger: Logger;
  chance?: Chance;
  /** Rows that may wait; beyond them the oldest are shed. */
  queueMax?: number;
  /** Default `holdfast`; it is created when it is not there. */
  schema?: string;
  /** Where raw results go when they leave the store; absent: nowhere. */
  archive?: ArchiveOptions;
}

/**
 * Throws STORE_TOO_NEW for a store written by a newer Holdfast, USAGE for an address that is none,
 * STORE_FAILED for a server that cannot be reached or refuses.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { clock, logger, chance = systemChance, schema = 'holdfast' } = options;
  const shownAs = shown(options.url);
  if (!SCHEMA_NAME.test(schema))
    throw new HoldfastError(
      'USAGE',
      `The schema is called '${schema}'`,
      'Take up to 40 lower case letters, digits and underscores.',
    );
  const database = new Database({ url: options.url, schema, clock, chance, logger });
  try {
    const timescale = await database.startingTransaction((client) =>
      choosesTimescale(client, schema),
    );
    const version = await migrate(database, timescale);
    const [range] = await database.write(`SELECT nextval('${schema}.template_ranges')`);
    const parts = storeParts(database, options, timescale);
    parts.queue.restart(Number(range?.[0]) * TEMPLATE_RANGE + 1);
    const hot = new PostgresResults({
      ...parts,
      usage: () => usageOf(database, schema, version, timescale),
    });
    const { archive } = options;
    const results = archive === undefined ? hot : new ArchivedResults(hot, archive, logger);
    const alertJournal = new PostgresJournal(database);
    const engine = timescale ? 'timescale' : 'postgres';
    return { engine, shownAs, results, alertJournal, close: () => results.close() };
  } catch (error) {
    await database.close();
    throw error;
  }
}

function storeParts(database: Database, options: PostgresStoreOptions, timescale: boolean) {
  const { clock, queueMax = QUEUE_ROWS_DEFAULT } = options;
  const partitions = timescale ? undefined : new Partitions(database);
  const hypertables = new Hypertables(database);
  const writer = new ResultWriter(database, partitions, () => clock.wallMs());
  const queue = new AppendQueue({
    capacity: queueMax,
    batchMax: BATCH_ROWS_MAX,
    writeBody,
    isReady: () => true,
    write: (batch) => writer.append(batch),
    wallMs: () => clock.wallMs(),
  });
  let closing: Promise<void> | undefined;
  return {
    queue,
    reader: new ResultReader(database),
    rollups: new RollupReader(database),
    retention: new Retention(database, partitions ?? hypertables),
    forget: () => writer.forget(),
    close: () => {
      closing ??= closeAll(queue, database, clock);
      return closing;
    },
  };
}

async function closeAll(queue: AppendQueue, database: Database, clock: Clock): Promise<void> {
  const limit = clock.after(DRAIN_MS, () => {
    queue.abandon();
    database.abandon();
  });
  await queue.close();
  limit.cancel();
  await database.close();
}

/** The address without credentials. */
function shown(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol))
    throw new HoldfastError(
      'USAGE',
      'The address of the results is none of PostgreSQL',
      'Write postgres://user:password@host:5432/database.',
    );
  return `postgres://${parsed.host}${parsed.pathname}`;
}
