// What many rows share, sent before them: names of checks and locations, templates, certificates. Each is
// kept once and may be sent again; a bounded cache answers for names that were seen before. A batch that
// relies on templates of one that was not written is refused.

import type { CheckReference } from '@holdfast/resources/result';
import { DAY_MS } from '../results/questions.ts';
import type { RowBatch } from '../rows/batch-encoder.ts';
import { checkText, type TemplateRecord } from '../rows/row-columns.ts';
import { storeFailed } from '../rows/store-failed.ts';
import { pathsOf } from '../rows/template.ts';
import { int8Array, textArray, timeArray } from './binary-array.ts';
import type { Database } from './database.ts';

const NAMES_MAX = 50_000;

export interface Ids {
  checks: number[];
  locations: number[];
}

export class Dictionaries {
  readonly #database: Database;
  readonly #checks = new Map<string, { id: number; seenDay: number }>();
  readonly #locations = new Map<string, number>();
  #needsFresh = true;
  /** Batches rely on those before them: their dictionaries go one after the other. */
  #sent: Promise<unknown> = Promise.resolve();

  constructor(database: Database) {
    this.#database = database;
  }

  /** The ids of the batch's names; `today` is the day since 1970 on which checks count as seen. */
  send(batch: RowBatch, today: number): Promise<Ids> {
    const sent = this.#sent.then(() => this.#send(batch, today));
    this.#sent = sent.catch(() => {});
    return sent;
  }

  /** Must be called when names were deleted. */
  forget(): void {
    this.#checks.clear();
    this.#locations.clear();
  }

  async #send(batch: RowBatch, today: number): Promise<Ids> {
    if (this.#needsFresh && !batch.fresh)
      throw storeFailed('The batch relies on one that was not written', 'Append it again.');
    this.#needsFresh = true;
    await this.#sendTemplates(batch);
    const { columns } = batch;
    const lastMs = columns.plannedAtMs.reduce((most, each) => Math.max(most, each), 0);
    const day = Math.max(today, Math.floor(lastMs / DAY_MS));
    const checks = await this.#checkIds(columns.checks, day);
    const locations = await this.#locationIds(columns.locations);
    this.#needsFresh = false;
    return { checks, locations };
  }

  async #sendTemplates({ templates, certificates }: RowBatch): Promise<void> {
    const { schema } = this.#database;
    if (certificates.length > 0)
      await this.#database.write(
        `INSERT INTO ${schema}.certificates AS known
         SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[]) ORDER BY 1
         ON CONFLICT (fingerprint) DO UPDATE SET until_at = excluded.until_at
         WHERE known.until_at < excluded.until_at`,
        [
          textArray(certificates.map(({ fingerprint }) => storable(fingerprint))),
          timeArray(certificates.map(({ untilMs }) => untilMs)),
          textArray(certificates.map(({ text }) => text)),
        ],
      );
    if (templates.length === 0) return;
    await this.#database.write(
      `INSERT INTO ${schema}.templates
       SELECT id, until_at, ARRAY(SELECT json_array_elements_text(chain::json)), tree, paths
       FROM unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
         AS given (id, until_at, chain, tree, paths)
       ON CONFLICT (id) DO NOTHING`,
      [
        int8Array(templates.map(({ id }) => id)),
        timeArray(templates.map(({ untilMs }) => untilMs)),
        textArray(templates.map(({ chain }) => storableChain(chain))),
        textArray(templates.map(({ text }) => text)),
        textArray(templates.map(pathsText)),
      ],
    );
  }

  async #checkIds(checks: readonly CheckReference[], day: number): Promise<number[]> {
    const isKnown = (check: CheckReference) =>
      (this.#checks.get(checkText(check))?.seenDay ?? -1) >= day;
    const unknown = checks.filter((check) => !isKnown(check));
    if (unknown.length > 0) await this.#addChecks(unknown, day);
    const ids = checks.map((check) => this.#checks.get(checkText(check))?.id ?? 0);
    if (this.#checks.size > NAMES_MAX) this.#checks.clear();
    return ids;
  }

  async #addChecks(checks: readonly CheckReference[], day: number): Promise<void> {
    const { schema } = this.#database;
    const names = [
      textArray(checks.map(({ namespace }) => namespace)),
      textArray(checks.map(({ check }) => check)),
    ];
    await this.#database.write(
      `INSERT INTO ${schema}.checks AS known (namespace, name, seen_day)
       SELECT namespace, name, $3::int FROM unnest($1::text[], $2::text[]) AS given (namespace, name)
       ORDER BY 1, 2
       ON CONFLICT (namespace, name) DO UPDATE SET seen_day = excluded.seen_day
       WHERE known.seen_day < excluded.seen_day`,
      [...names, day],
    );
    const rows = await this.#database.write(
      `SELECT n - 1, id FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS given (namespace, name, n)
       JOIN ${schema}.checks USING (namespace, name)`,
      names,
    );
    for (const [position, id] of rows) {
      const check = checks[Number(position)];
      if (check !== undefined) this.#checks.set(checkText(check), { id: Number(id), seenDay: day });
    }
  }

  async #locationIds(names: readonly string[]): Promise<number[]> {
    const { schema } = this.#database;
    const unknown = names.filter((name) => !this.#locations.has(name));
    if (unknown.length > 0) {
      const given = [textArray(unknown)];
      await this.#database.write(
        `INSERT INTO ${schema}.locations (name) SELECT * FROM unnest($1::text[]) ORDER BY 1
         ON CONFLICT (name) DO NOTHING`,
        given,
      );
      const rows = await this.#database.write(
        `SELECT n - 1, id FROM unnest($1::text[]) WITH ORDINALITY AS given (name, n)
         JOIN ${schema}.locations USING (name)`,
        given,
      );
      for (const [position, id] of rows)
        this.#locations.set(unknown[Number(position)] ?? '', Number(id));
    }
    const ids = names.map((name) => this.#locations.get(name) ?? 0);
    if (this.#locations.size > NAMES_MAX) this.#locations.clear();
    return ids;
  }
}

/** What PostgreSQL takes in no text becomes the replacement character: a peer may send anything. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

/** A JSON list of fingerprints. */
function storableChain(chain: string): string {
  return chain === '' ? '[]' : JSON.stringify((JSON.parse(chain) as string[]).map(storable));
}

/** Where the nodes are that a patch names by number, for the view that applies patches in SQL. */
function pathsText({ text }: TemplateRecord): string {
  return JSON.stringify(pathsOf(JSON.parse(text)));
}
