// The reading half: raw rows made whole again with the templates and certificates that they refer to.
// Every answer is bounded by the caller. A row whose template is gone (deleted while it was read) is
// left out.

import type { CertificateFacts, CheckReference, ProbeResult } from '@holdfast/resources/result';
import { STATUSES, TIME_MS_MAX } from '../rows/row-columns.ts';
import { Template } from '../rows/template.ts';
import { int4Array, int8Array, textArray } from './binary-array.ts';
import type { Database, Row } from './database.ts';
import { READ_COLUMNS, readPhases } from './row-form.ts';

type Shared = Pick<ProbeResult, 'kind' | 'target' | 'agent' | 'fault' | 'context' | 'detail'>;

export interface SeriesRequest {
  check: CheckReference;
  fromMs: number;
  toMs: number;
  /** Positions in STATUSES. */
  statuses: readonly number[];
  descending: boolean;
  limit: number;
}

/** Positions of the columns that `READ_COLUMNS` names. */
const PLANNED_AT = 0;
const CHECK = 1;
const LOCATION = 2;
const TEMPLATE = 5;

export class ResultReader {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** All of them. */
  async checks(): Promise<CheckReference[]> {
    const rows = await this.#database.read(
      `SELECT namespace, name FROM ${this.#database.schema}.checks`,
    );
    return rows.map(([namespace, check]) => ({ namespace: namespace ?? '', check: check ?? '' }));
  }

  async checkId({ namespace, check }: CheckReference): Promise<number | undefined> {
    const [row] = await this.#database.read(
      `SELECT id FROM ${this.#database.schema}.checks WHERE namespace = $1 AND name = $2`,
      [namespace, check],
    );
    return row === undefined ? undefined : Number(row[0]);
  }

  async series(request: SeriesRequest): Promise<ProbeResult[]> {
    const { check, fromMs, toMs, statuses, descending, limit } = request;
    const id = await this.checkId(check);
    if (id === undefined || statuses.length === 0) return [];
    const order = descending ? 'DESC' : 'ASC';
    const filter = statuses.length === STATUSES.length ? '' : 'AND status = ANY($5::int[])';
    const rows = await this.#database.read(
      `SELECT ${READ_COLUMNS} FROM ${this.#database.schema}.results
       WHERE check_id = $1::int AND planned_at >= $2::timestamptz AND planned_at < $3::timestamptz
         ${filter}
       ORDER BY planned_at ${order}, location_id ${order}, attempt ${order} LIMIT $4`,
      [id, timeText(fromMs), timeText(toMs), limit, ...(filter ? [int4Array(statuses)] : [])],
    );
    return this.#resultsOf(rows, new Map([[id, check]]));
  }

  /** The newest of each check, in the order of the checks. */
  async latest(checks: readonly CheckReference[], perCheck: number): Promise<ProbeResult[]> {
    const { schema } = this.#database;
    const found = await this.#database.read(
      `SELECT n - 1, id FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS given (namespace, name, n)
       JOIN ${schema}.checks USING (namespace, name) ORDER BY n`,
      [
        textArray(checks.map(({ namespace }) => namespace)),
        textArray(checks.map(({ check }) => check)),
      ],
    );
    const byId = new Map<number, CheckReference>();
    for (const [position, id] of found) {
      const check = checks[Number(position)];
      if (check !== undefined) byId.set(Number(id), check);
    }
    const rows = await this.#database.read(
      `SELECT r.* FROM unnest($1::int[]) WITH ORDINALITY AS given (id, n)
       CROSS JOIN LATERAL (SELECT ${READ_COLUMNS} FROM ${schema}.results WHERE check_id = given.id
         ORDER BY planned_at DESC, location_id DESC, attempt DESC LIMIT $2) AS r
       ORDER BY n, 1 DESC, location_id DESC, attempt DESC`,
      [int4Array([...byId.keys()]), perCheck],
    );
    return this.#resultsOf(rows, byId);
  }

  async #resultsOf(rows: Row[], checks: Map<number, CheckReference>): Promise<ProbeResult[]> {
    const templates = await this.#templates(rows);
    const locations = await this.#locations(rows);
    return rows.flatMap((row) => {
      const check = checks.get(Number(row[CHECK]));
      const template = templates.get(row[TEMPLATE] ?? '');
      if (check === undefined || template === undefined) return [];
      return resultOf(row, check, locations.get(row[LOCATION] ?? '') ?? '', template);
    });
  }

  async #locations(rows: Row[]): Promise<Map<string, string>> {
    const ids = [...new Set(rows.map((row) => Number(row[LOCATION])))];
    if (ids.length === 0) return new Map();
    const named = await this.#database.read(
      `SELECT id, name FROM ${this.#database.schema}.locations WHERE id = ANY($1::int[])`,
      [int4Array(ids)],
    );
    return new Map(named.map(([id, name]) => [id ?? '', name ?? '']));
  }

  async #templates(rows: Row[]): Promise<Map<string, Template>> {
    const { schema } = this.#database;
    const ids = [...new Set(rows.map((row) => Number(row[TEMPLATE])))];
    if (ids.length === 0) return new Map();
    const found = await this.#database.read(
      `SELECT id, tree, to_json(chain) FROM ${schema}.templates WHERE id = ANY($1::bigint[])`,
      [int8Array(ids)],
    );
    const chains = new Map(
      found.map(([id, , chain]) => [id, JSON.parse(chain ?? '[]') as string[]]),
    );
    const fingerprints = [...new Set([...chains.values()].flat())];
    const certificates = await this.#certificates(fingerprints);
    return new Map(
      found.map(([id, tree]) => {
        const facts = JSON.parse(tree ?? '{}') as Shared;
        const chain = chains.get(id) ?? [];
        // No patch touches the chain, which is kept beside the template.
        if (chain.length > 0 && facts.context.tls !== undefined)
          facts.context.tls.chain = chain.flatMap((each) => certificates.get(each) ?? []);
        return [id ?? '', new Template(facts as unknown as Record<string, unknown>)];
      }),
    );
  }

  async #certificates(fingerprints: readonly string[]): Promise<Map<string, CertificateFacts>> {
    if (fingerprints.length === 0) return new Map();
    const found = await this.#database.read(
      `SELECT fingerprint, facts FROM ${this.#database.schema}.certificates
       WHERE fingerprint = ANY($1::text[])`,
      [textArray(fingerprints)],
    );
    return new Map(
      found.map(([fingerprint, facts]) => [fingerprint ?? '', JSON.parse(facts ?? '')]),
    );
  }
}

/** As the server reads a `timestamptz`; what lies beyond all that is kept is taken as its end. */
export function timeText(timeMs: number): string {
  return new Date(Math.min(TIME_MS_MAX + 1, Math.max(0, Math.ceil(timeMs)))).toISOString();
}

function resultOf(row: Row, check: CheckReference, location: string, template: Template) {
  const [, , , attempt, status, , totalMs, startedMs, lagMs, loopMs, phases, odd, patch] = row;
  const shared = template.apply(patch ?? '') as unknown as Shared;
  const result: ProbeResult = {
    key: { ...check, location, plannedAtMs: Number(row[PLANNED_AT]), attempt: Number(attempt) },
    kind: shared.kind,
    target: shared.target,
    agent: shared.agent,
    startedAtMs: Number(startedMs),
    scheduleLagMs: Number(lagMs),
    loopLagMs: Number(loopMs),
    status: STATUSES[Number(status)] ?? 'invalid',
    totalMs: Number(totalMs),
    phases: readPhases(phases ?? null, odd ?? null),
    context: shared.context,
    detail: shared.detail,
  };
  return shared.fault === undefined ? result : { ...result, fault: shared.fault };
}
