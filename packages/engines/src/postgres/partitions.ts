// One table per day, made before the first row of that day comes and dropped whole when the day is old.
// Making one must not wait for those who read or write the others: it is made apart and then attached.
// There is no table for everything else: a row always finds the table of its day, however old it is.

import { DAY_MS } from '../results/questions.ts';
import { storeFailed } from '../rows/store-failed.ts';
import { type Client, type Database, query } from './database.ts';
import { hasTable, PARTITION_LOCK, SCHEMA_HASH } from './schema.ts';

/** Ten years of days: more than anyone keeps raw, and few enough for the planner. */
const PARTITIONS_MAX = 3_660;
/** Days that are made ahead of the newest, so that midnight is no busier than any other time. */
const DAYS_AHEAD = 2;
/** A drop waits for those who read the table; meanwhile others must not wait behind it for long. */
const DROP_LOCK_MS = 1_000;

export type DailyTable = 'results' | 'minutes';

export class Partitions {
  readonly #database: Database;
  readonly #columns: Record<DailyTable, string> = { results: 'planned_at', minutes: 'start_at' };
  readonly #known = new Set<string>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Days since 1970. */
  async ensure(days: Iterable<number>, today: number): Promise<void> {
    const wanted = new Set(days);
    if (wanted.has(today)) for (let i = 1; i <= DAYS_AHEAD; i += 1) wanted.add(today + i);
    for (const table of ['results', 'minutes'] as const) {
      const missing = [...wanted]
        .filter((day) => !this.#known.has(`${table} ${day}`))
        .sort((a, b) => a - b);
      if (missing.length > 0) await this.#make(table, missing);
    }
  }

  /** Another server may have dropped what was known. */
  forget(): void {
    this.#known.clear();
  }

  /** The days whose tables stand now, oldest first. */
  async days(table: DailyTable): Promise<number[]> {
    const rows = await this.#database.read(
      `SELECT right(relname, 8) FROM pg_class JOIN pg_inherits ON inhrelid = oid
       WHERE inhparent = $1::regclass ORDER BY 1`,
      [`${this.#database.schema}.${table}`],
    );
    return rows.map(([name]) => dayOf(name ?? ''));
  }

  /** False when it was gone already. */
  async drop(client: Client, table: DailyTable, day: number): Promise<boolean> {
    const { schema } = this.#database;
    const name = nameOf(table, day);
    await query(client, `SET LOCAL lock_timeout = ${DROP_LOCK_MS}`);
    if (!(await hasTable(client, schema, name))) return false;
    await query(client, `DROP TABLE ${schema}.${name}`);
    this.#known.delete(`${table} ${day}`);
    return true;
  }

  async #make(table: DailyTable, days: readonly number[]): Promise<void> {
    const { schema } = this.#database;
    await this.#database.transaction(async (client) => {
      await query(
        client,
        `SELECT pg_advisory_xact_lock(${PARTITION_LOCK}, ${SCHEMA_HASH(schema)})`,
      );
      const [count] = await query(
        client,
        'SELECT count(*) FROM pg_inherits WHERE inhparent = $1::regclass',
        [`${schema}.${table}`],
      );
      if (Number(count?.[0]) + days.length > PARTITIONS_MAX)
        throw storeFailed(
          `The results lie on more than ${PARTITIONS_MAX} days`,
          'Keep raw results for a shorter time, and check the clocks of the agents.',
        );
      for (const day of days) await this.#makeOne(client, table, day);
    });
    for (const day of days) this.#known.add(`${table} ${day}`);
  }

  async #makeOne(client: Client, table: DailyTable, day: number): Promise<void> {
    const { schema } = this.#database;
    const name = nameOf(table, day);
    if (await hasTable(client, schema, name)) return;
    const column = this.#columns[table];
    const [from, to] = [day, day + 1].map((each) => `'${new Date(each * DAY_MS).toISOString()}'`);
    const room = table === 'minutes' ? 'WITH (fillfactor = 60)' : '';
    // With the same rule as a constraint, attaching has nothing to look through.
    await client.query(`
      CREATE TABLE ${schema}.${name} (LIKE ${schema}.${table} INCLUDING ALL,
        CONSTRAINT of_its_day CHECK (${column} >= ${from} AND ${column} < ${to})) ${room};
      ALTER TABLE ${schema}.${table} ATTACH PARTITION ${schema}.${name} FOR VALUES FROM (${from}) TO (${to});
      ALTER TABLE ${schema}.${name} DROP CONSTRAINT of_its_day`);
  }
}

function nameOf(table: DailyTable, day: number): string {
  const date = new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
  return `${table}_${date}`;
}

function dayOf(date: string): number {
  return Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`) / DAY_MS;
}
