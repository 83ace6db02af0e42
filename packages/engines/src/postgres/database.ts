// A bounded way to the server: few connections, for writing and for reading apart, so that no question
// holds up an append. What fails because a connection broke or transactions met is done again after a
// jittered wait, for a bounded time; so everything that is run here must bear being run twice.

import { type Chance, type Clock, fullJitter, type Logger, sleep } from '@holdfast/kernel';
import { escapeIdentifier, Pool, type PoolClient, type PoolConfig } from 'pg';
import { storeFailed } from '../rows/store-failed.ts';
import { isTransient, toStoreError } from './store-error.ts';

/** Two batches, a journal entry and a retention at once. */
const WRITING_CONNECTIONS_MAX = 4;
const READING_CONNECTIONS_MAX = 4;
const CONNECT_MS_MAX = 10_000;
const STATEMENT_MS_MAX = 30_000;
/** Of our own: when the server or the way to it is dead, nothing else ends a call. */
const ANSWER_MS_MAX = STATEMENT_MS_MAX + 5_000;
/** Long enough for a server to be restarted or for its twin to take over. */
const WRITE_RETRY_MS_MAX = 60_000;
const READ_RETRY_MS_MAX = 5_000;
const BACKOFF_MS_MIN = 50;
const BACKOFF_MS_MAX = 5_000;
const STARTING_MS_MAX = 3_000;

export interface DatabaseOptions {
  url: string;
  schema: string;
  clock: Clock;
  chance: Chance;
  logger: Logger;
}

/** Values as the server writes them, by position; null where SQL has NULL. */
export type Row = readonly (string | null)[];
export type Client = PoolClient;
type Value = string | number | Buffer | null;

export class Database {
  /** As an identifier in statements. */
  readonly schema: string;
  readonly #options: DatabaseOptions;
  readonly #writing: Pool;
  readonly #reading: Pool;
  readonly #ended = new AbortController();

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.schema = escapeIdentifier(options.schema);
    this.#writing = this.#pool(WRITING_CONNECTIONS_MAX);
    this.#reading = this.#pool(READING_CONNECTIONS_MAX);
  }

  /** Asks on a connection for reading. Throws STORE_FAILED. */
  read(text: string, values: Value[] = []): Promise<Row[]> {
    return this.#persist(READ_RETRY_MS_MAX, () =>
      withClient(this.#reading, (client) => query(client, text, values)),
    );
  }

  /** A statement that is its own transaction. Throws STORE_FAILED. */
  write(text: string, values: Value[] = []): Promise<Row[]> {
    return this.#persist(WRITE_RETRY_MS_MAX, () =>
      withClient(this.#writing, (client) => query(client, text, values)),
    );
  }

  /** Runs it in a transaction, again when that fails for a reason that passes. Throws STORE_FAILED. */
  transaction<T>(
    work: (client: Client) => Promise<T>,
    retryMsMax = WRITE_RETRY_MS_MAX,
  ): Promise<T> {
    return this.#persist(retryMsMax, () =>
      withClient(this.#writing, async (client) => {
        await client.query('BEGIN');
        try {
          const result = await work(client);
          await client.query('COMMIT');
          return result;
        } catch (error) {
          await client.query('ROLLBACK').catch(() => {});
          throw error;
        }
      }),
    );
  }

  /** Runs it in a transaction with less patience: somebody waits for the store to open. */
  startingTransaction<T>(work: (client: Client) => Promise<T>): Promise<T> {
    return this.transaction(work, STARTING_MS_MAX);
  }

  /** Whoever waits for a next try fails at once. */
  abandon(): void {
    this.#ended.abort(storeFailed('The store was closed', 'Open it again.'));
  }

  async close(): Promise<void> {
    this.abandon();
    await Promise.all([this.#writing.end(), this.#reading.end()]);
  }

  async #persist<T>(retryMsMax: number, work: () => Promise<T>): Promise<T> {
    const { clock, chance, logger } = this.#options;
    const deadlineMs = clock.nowMs() + retryMsMax;
    for (let attempt = 0; ; attempt += 1) {
      try {
        this.#ended.signal.throwIfAborted();
        return await work();
      } catch (error) {
        const waitMs = fullJitter(chance, Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** attempt));
        if (!isTransient(error) || clock.nowMs() + waitMs > deadlineMs) throw toStoreError(error);
        if (attempt === 0) logger.warn('PostgreSQL did not answer, trying again', { error });
        await sleep(clock, waitMs, this.#ended.signal);
      }
    }
  }

  #pool(max: number): Pool {
    const pool = new Pool({ ...poolConfig(this.#options.url), max });
    // A connection that breaks: who uses it gets the error with the answer, the next call gets another.
    const tell = (error: Error) => this.#options.logger.debug('a connection broke', { error });
    pool.on('error', tell);
    pool.on('connect', (client) => client.on('error', tell));
    return pool;
  }
}

export async function query(client: Client, text: string, values: Value[] = []): Promise<Row[]> {
  const { rows } = await client.query<(string | null)[]>({ text, values, rowMode: 'array' });
  return rows;
}

async function withClient<T>(pool: Pool, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = true;
  try {
    const result = await work(client);
    broken = false;
    return result;
  } catch (error) {
    broken = isTransient(error);
    throw error;
  } finally {
    client.release(broken);
  }
}

function poolConfig(url: string): PoolConfig {
  return {
    connectionString: url,
    application_name: 'holdfast',
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: STATEMENT_MS_MAX,
    query_timeout: ANSWER_MS_MAX,
    idle_in_transaction_session_timeout: STATEMENT_MS_MAX,
    keepAlive: true,
    // Everything as the server writes it: what it means is known where it is read.
    types: { getTypeParser: () => (value: string) => value },
  };
}
