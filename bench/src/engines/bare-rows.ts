// The floors of result stores: rows of equal bytes under an equal key, by PostgreSQL's own program in one
// COPY, and by Node's binding of SQLite in bare inserts. Neither knows duplicates, rollups or templates.

import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';

/** What a store keeps of a full result beside its key. */
const BODY_BYTES = 170;
const SLOT_RUNS = 10;
const TRANSACTION_ROWS = 10_000;
const COPY_MS_MAX = 60_000;
const KEY = 'PRIMARY KEY (slot, check_id, planned_ms, location_id, attempt)';

export interface BareRows {
  /** Rows per second; `from`: how many are there already. */
  append(from: number, rows: number, checks: number): Promise<number>;
  close(): void;
}

/** A string = why it cannot be done here. */
export async function bareCopy(url: string, folder: string): Promise<BareRows | string> {
  const [program] = globSync('/usr/lib/postgresql/*/bin/psql').sort().reverse();
  if (program === undefined || !existsSync(program)) return 'psql is not installed';
  const psql = async (...commands: string[]) => {
    const words = commands.flatMap((command) => ['-c', command]);
    const all = ['--no-psqlrc', '--set=ON_ERROR_STOP=1', ...words, url];
    return (await promisify(execFile)(program, all, { timeout: COPY_MS_MAX })).stdout;
  };
  await psql(`CREATE TABLE floor (slot int, check_id int, planned_ms bigint, location_id smallint,
    attempt smallint, status smallint, total_ms real, template_id int, body text, ${KEY})`);
  const path = join(folder, 'floor.tsv');
  return {
    append: async (from, rows, checks) => {
      const lines = Array.from({ length: rows }, (_, at) => lineOf(from + at, checks));
      await writeFile(path, lines.join(''));
      const told = await psql('\\timing on', `\\copy floor FROM '${path}'`);
      const ms = Number(/Time: ([\d.]+) ms/.exec(told)?.[1]);
      return (rows / ms) * 1_000;
    },
    close: () => {},
  };
}

function lineOf(index: number, checks: number): string {
  const run = Math.floor(index / checks);
  const slot = Math.floor(run / SLOT_RUNS);
  const key = [slot, index % checks, run * 30_000, 1, 0];
  return `${[...key, 0, 90.125, 1, BODY].join('\t')}\n`;
}

const BODY = 'a'.repeat(BODY_BYTES);

export function bareInserts(folder: string): BareRows {
  const database = new DatabaseSync(join(folder, 'floor.db'));
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE floor (slot, check_id, planned_ms, location_id, attempt, status, total_ms,
      template_id, body, ${KEY}) WITHOUT ROWID`);
  const insert = database.prepare('INSERT INTO floor VALUES (?, ?, ?, 1, 0, 0, 90.125, 1, ?)');
  const body = Buffer.from(BODY);
  return {
    append: async (from, rows, checks) => {
      const beganMs = performance.now();
      for (let row = from; row < from + rows; row += TRANSACTION_ROWS) {
        database.exec('BEGIN');
        for (let at = row; at < Math.min(from + rows, row + TRANSACTION_ROWS); at += 1) {
          const run = Math.floor(at / checks);
          insert.run(Math.floor(run / SLOT_RUNS), at % checks, run * 30_000, body);
        }
        database.exec('COMMIT');
      }
      return (rows / (performance.now() - beganMs)) * 1_000;
    },
    close: () => database.close(),
  };
}
