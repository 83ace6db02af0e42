// Views for people and their tools, and the functions that they stand on. What rows share is put together
// only for the columns that a query names. docs/reference/sql.md describes them; they are a promise.

import type { Client } from './database.ts';
import type { MigrationContext } from './schema.ts';
import { makeContinuousAggregate } from './timescale.ts';

/** What cannot be in a text of PostgreSQL becomes the replacement character. */
const READABLE = `$body$
  SELECT regexp_replace(text, '\\\\u(0000|d[89a-f][0-9a-f]{2})', '\\\\ufffd', 'gi')::jsonb
$body$`;

/** Applies a patch (see rows/template.ts) to the JSON of a template whose nodes have these paths. */
const RUN_FACTS = (schema: string) => `$body$
DECLARE
  facts jsonb := ${schema}.readable(tree);
  changes jsonb;
  ways jsonb;
  way text[];
BEGIN
  IF patch IS NULL THEN RETURN facts; END IF;
  changes := ${schema}.readable(patch);
  ways := ${schema}.readable(paths);
  FOR i IN 0 .. jsonb_array_length(changes -> 0) / 2 - 1 LOOP
    SELECT array_agg(step ORDER BY n) INTO way FROM jsonb_array_elements_text(
      ways -> (changes -> 0 ->> (2 * i))::int) WITH ORDINALITY AS steps (step, n);
    facts := jsonb_set(facts, way, changes -> 0 -> (2 * i + 1));
  END LOOP;
  FOR i IN 0 .. coalesce(jsonb_array_length(changes -> 1), 0) - 1 LOOP
    SELECT array_agg(step ORDER BY n) INTO way FROM jsonb_array_elements_text(
      ways -> (changes -> 1 ->> i)::int) WITH ORDINALITY AS steps (step, n);
    facts := facts #- way;
  END LOOP;
  FOR i IN 0 .. coalesce(jsonb_array_length(changes -> 2), 0) / 3 - 1 LOOP
    SELECT coalesce(array_agg(step ORDER BY n), '{}') INTO way FROM jsonb_array_elements_text(
      ways -> (changes -> 2 ->> (3 * i))::int) WITH ORDINALITY AS steps (step, n);
    facts := jsonb_set(facts, way || (changes -> 2 ->> (3 * i + 1)), changes -> 2 -> (3 * i + 2));
  END LOOP;
  RETURN facts;
END
$body$`;

const PHASES_OF = (schema: string) => `$body$
  SELECT coalesce(${schema}.readable(odd), (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
      'name', (ARRAY['resolve', 'connect', 'tls', 'write', 'wait', 'transfer'])[numbers[i] % 16 + 1],
      'hop', numbers[i] / 16,
      'startMs', (SELECT coalesce(sum(numbers[j + 1]), 0) FROM generate_series(1, i - 1, 2) AS j) / 1000.0,
      'durationMs', numbers[i + 1] / 1000.0) ORDER BY i), '[]')
    FROM generate_series(1, coalesce(cardinality(numbers), 0), 2) AS i))
$body$`;

const STATUS = `(ARRAY['up', 'down', 'timeout', 'invalid'])[r.status + 1]`;

/** What TimescaleDB keeps up to date by itself, counted when it is asked for. */
const locationHours = (schema: string) => `(
  SELECT date_trunc('hour', planned_at, 'UTC') AS start_at, check_id, location_id, status,
    count(*) AS runs, avg(total_ms) AS mean_ms
  FROM ${schema}.results GROUP BY 1, 2, 3, 4)`;

export async function createViews({ client, schema, timescale }: MigrationContext): Promise<void> {
  if (timescale) await makeContinuousAggregate(client, schema);
  const facts = `${schema}.run_facts(t.tree, t.paths, r.patch)`;
  const rollup = (view: string, table: string) => `
    CREATE VIEW ${schema}.${view} AS
    SELECT c.namespace, c.name AS "check", b.start_at, b.up, b.down, b.timeout, b.invalid,
      b.up + b.down + b.timeout + b.invalid AS runs,
      b.up::float8 / nullif(b.up + b.down + b.timeout, 0) AS availability
    FROM ${schema}.${table} AS b JOIN ${schema}.checks AS c ON c.id = b.check_id;`;
  await client.query(`
    CREATE FUNCTION ${schema}.readable(text text) RETURNS jsonb
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS ${READABLE};
    CREATE FUNCTION ${schema}.run_facts(tree text, paths text, patch text) RETURNS jsonb
      LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS ${RUN_FACTS(schema)};
    CREATE FUNCTION ${schema}.phases_of(numbers int[], odd text) RETURNS jsonb
      LANGUAGE sql IMMUTABLE PARALLEL SAFE AS ${PHASES_OF(schema)};

    CREATE VIEW ${schema}.check_runs AS
    SELECT c.namespace, c.name AS "check", l.name AS location, r.planned_at, r.attempt,
      ${STATUS} AS status, r.total_ms,
      to_timestamp(r.started_ms / 1000) AS started_at, r.schedule_lag_ms, r.loop_lag_ms,
      ${facts} ->> 'kind' AS kind, ${facts} ->> 'target' AS target, ${facts} ->> 'agent' AS agent,
      ${facts} -> 'fault' ->> 'code' AS fault_code, ${facts} -> 'fault' AS fault,
      ${schema}.phases_of(r.phases, r.odd_phases) AS phases,
      ${facts} -> 'context' AS context, ${facts} -> 'detail' AS detail, t.chain AS certificate_chain
    FROM ${schema}.results AS r
      JOIN ${schema}.checks AS c ON c.id = r.check_id
      JOIN ${schema}.locations AS l ON l.id = r.location_id
      LEFT JOIN ${schema}.templates AS t ON t.id = r.template_id;
    ${rollup('check_minutes', 'minutes')}
    ${rollup('check_hours', 'hours')}

    CREATE VIEW ${schema}.check_location_hours AS
    SELECT c.namespace, c.name AS "check", l.name AS location, r.start_at, ${STATUS} AS status,
      r.runs, r.mean_ms
    FROM ${timescale ? `${schema}.location_hours` : locationHours(schema)} AS r
      JOIN ${schema}.checks AS c ON c.id = r.check_id
      JOIN ${schema}.locations AS l ON l.id = r.location_id;
  `);
  await createCertificateViews(client, schema);
  await createAlertViews(client, schema);
}

async function createCertificateViews(client: Client, schema: string): Promise<void> {
  await client.query(`
    CREATE VIEW ${schema}.certificates_seen AS
    SELECT x.fingerprint, f.facts ->> 'subject' AS subject, f.facts ->> 'issuer' AS issuer,
      f.facts ->> 'serialNumber' AS serial_number,
      ARRAY(SELECT jsonb_array_elements_text(f.facts -> 'names')) AS names,
      to_timestamp((f.facts ->> 'validFromMs')::float8 / 1000) AS valid_from,
      to_timestamp((f.facts ->> 'validToMs')::float8 / 1000) AS valid_to,
      f.facts ->> 'publicKey' AS public_key,
      (f.facts ->> 'certificateAuthority')::boolean AS certificate_authority
    FROM ${schema}.certificates AS x,
      LATERAL (SELECT ${schema}.readable(x.facts) AS facts OFFSET 0) AS f;

    CREATE VIEW ${schema}.certificates_in_use AS
    SELECT c.namespace, c.name AS "check", last.planned_at AS seen_at, place.position, s.*
    FROM ${schema}.checks AS c
      CROSS JOIN LATERAL (SELECT r.planned_at, t.chain FROM ${schema}.results AS r
        JOIN ${schema}.templates AS t ON t.id = r.template_id
        WHERE r.check_id = c.id AND cardinality(t.chain) > 0
        ORDER BY r.planned_at DESC LIMIT 1) AS last
      CROSS JOIN LATERAL unnest(last.chain) WITH ORDINALITY AS place (fingerprint, position)
      JOIN ${schema}.certificates_seen AS s ON s.fingerprint = place.fingerprint;
  `);
}

async function createAlertViews(client: Client, schema: string): Promise<void> {
  await client.query(`
    CREATE VIEW ${schema}.alert_history AS
    SELECT a.id, a.record ->> 'rule' AS rule, a.record -> 'check' ->> 'namespace' AS namespace,
      a.record -> 'check' ->> 'check' AS "check", a.state, a.fired_at,
      to_timestamp((a.record ->> 'sinceMs')::float8 / 1000) AS since,
      to_timestamp((a.record ->> 'recoveredAtMs')::float8 / 1000) AS recovered_at,
      (a.record ->> 'failures')::int AS failures,
      a.record -> 'fault' ->> 'code' AS fault_code, a.record -> 'fault' ->> 'message' AS fault_message
    FROM (SELECT id, state, fired_at, ${schema}.readable(record) AS record FROM ${schema}.alerts) AS a;
    CREATE VIEW ${schema}.open_alerts AS
    SELECT * FROM ${schema}.alert_history WHERE state = 'firing';
    CREATE VIEW ${schema}.alert_deliveries AS
    SELECT d.id, d.alert_id, d.created_at, d.state, d.record ->> 'channel' AS channel,
      d.record ->> 'event' AS event, (d.record ->> 'attempts')::int AS attempts,
      d.record ->> 'outcome' AS outcome
    FROM (SELECT id, alert_id, created_at, state, ${schema}.readable(record) AS record
      FROM ${schema}.deliveries) AS d;
  `);
}
