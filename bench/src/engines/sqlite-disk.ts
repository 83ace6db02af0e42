// What SQLite's tables take on disk, read from the file itself.

import { DatabaseSync } from 'node:sqlite';

/** Of a raw result with its templates, indexes and padding. */
export function rawRowBytes(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const rows = database.prepare('SELECT count(*) AS n FROM results').get()?.n;
    const bytes = database
      .prepare("SELECT sum(pgsize) AS bytes FROM dbstat WHERE name IN ('results', 'templates')")
      .get()?.bytes;
    return Number(bytes) / Number(rows);
  } finally {
    database.close();
  }
}
