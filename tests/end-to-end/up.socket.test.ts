// `holdfast up` as a whole: ready, measured, seen, told, changed live, killed and started again.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type {
  AlertList,
  CheckDetail,
  LatencySeries,
  LiveEvent,
  Overview,
  ResultList,
} from '@holdfast/resources/api';
import { getJson, holdfast, startUp, temporaryFolder, type Up, until } from './holdfast-process.ts';
import { type SwitchableTarget, startTarget } from './switchable-target.ts';

const folder = temporaryFolder();
const file = join(folder.path, 'holdfast.yaml');
const data = join(folder.path, 'data');
let target: SwitchableTarget;
let pager: SwitchableTarget;
let up: Up;

function configuration(more = ''): string {
  return `checks:
  - name: shop
    type: http
    target: ${target.url}
    interval: 1s
    headers: { Authorization: "Bearer \${env:SHOP_TOKEN}" }
  - name: port
    type: tcp
    target: ${target.url.replace('http:', 'tcp:').replace(/\/$/, '')}
    interval: 1s
${more}
limits: { interval: { min: 1s } }
channels:
  - { name: pager, type: webhook, url: ${pager.url} }
alerts:
  - { name: page, failures: 2, channels: [pager], match: { names: [shop] } }
`;
}

before(async () => {
  target = await startTarget();
  pager = await startTarget();
  writeFileSync(file, configuration());
  up = await start();
});

after(async () => {
  await up.stop();
  await target.close();
  await pager.close();
  folder.remove();
});

function start(): Promise<Up> {
  return startUp(['--file', file, '--data', data], { SHOP_TOKEN: 'hunter2hunter2' });
}

function overview(): Promise<Overview> {
  return getJson<Overview>(`${up.url}/api/v1/overview`);
}

function shop(seen: Overview) {
  return seen.checks.find((check) => check.name === 'shop');
}

test('checks run, and every answer of the API has its documented shape', async () => {
  await until(async () => ((await overview()).counts.up === 2 ? true : undefined));
  const detail = await getJson<CheckDetail>(`${up.url}/api/v1/checks/default/shop`);
  assert.equal(detail.state, 'up');
  assert.match(detail.source ?? '', /holdfast\.yaml:2:\d+$/);
  const { results } = await getJson<ResultList>(
    `${up.url}/api/v1/checks/default/shop/results?limit=5`,
  );
  assert.equal(results[0]?.detail.status_code, 200);
  assert.ok((results[0]?.context.kernel?.handshakeMs ?? -1) > 0 || process.platform !== 'linux');
  const series = await getJson<LatencySeries>(`${up.url}/api/v1/checks/default/shop/latency`);
  assert.ok(series.buckets.length > 0);

  const { API_SCHEMAS } = await import('@holdfast/resources/api-schema');
  API_SCHEMAS.Overview.strict().parse(await overview());
  API_SCHEMAS.CheckDetail.strict().parse(detail);
  API_SCHEMAS.ResultList.strict().parse({ results });
  API_SCHEMAS.LatencySeries.strict().parse(series);

  const { codes, classes } = API_SCHEMAS.StatusLatency.strict().parse(
    await getJson(`${up.url}/api/v1/checks/default/shop/latency-by-status`),
  );
  assert.equal(codes[0]?.code, '200');
  assert.equal(classes[0]?.class, '2xx');
  const map = API_SCHEMAS.HeatMap.strict().parse(
    await getJson(`${up.url}/api/v1/checks/default/shop/heat-map?columns=10`),
  );
  assert.ok(map.columns.length > 0);
  for (const { counts } of map.columns) assert.equal(counts.length, map.boundsMs.length + 1);
});

function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(`${up.url}/api/v1/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

test('a check can be tried before it is kept: measured once, told, and nowhere else', async () => {
  const { API_SCHEMAS } = await import('@holdfast/resources/api-schema');
  const check = { name: 'tried', type: 'http', target: target.url };
  const tried = await post('try', { check });
  assert.equal(tried.status, 200);
  const { result } = API_SCHEMAS.Trial.strict().parse(await tried.json());
  assert.equal(result?.status, 'up');
  const headers = { Authorization: 'Bearer ${env:SHOP_TOKEN}' };
  const elsewhere = { ...check, target: pager.url, headers };
  const { problems } = API_SCHEMAS.Trial.parse(
    await (await post('try', { check: elsewhere })).json(),
  );
  assert.match(problems[0]?.message ?? '', /SHOP_TOKEN/);
  const denied = { type: 'http', target: 'http://169.254.169.254/latest/meta-data' };
  const { result: refused } = API_SCHEMAS.Trial.parse(
    await (await post('try', { check: denied })).json(),
  );
  assert.equal(refused?.status, 'invalid');
  assert.match(refused?.error?.trace_id ?? '', /^[0-9a-f]{32}$/);
  const table = await getJson(`${up.url}/api/v1/fault-table`);
  assert.ok(API_SCHEMAS.FaultTable.strict().parse(table).entries.length > 0);
  assert.ok((await overview()).checks.every(({ name }) => name !== 'tried' && name !== 'trial'));
  assert.equal((await fetch(`${up.url}/api/v1/checks/default/tried/results`)).status, 404);
});

test('a text can be validated, and the vocabulary is told; only JSON of this page, of bounded size', async () => {
  const { API_SCHEMAS } = await import('@holdfast/resources/api-schema');
  const answer = await post('validate', { text: configuration() });
  const validation = API_SCHEMAS.Validation.strict().parse(await answer.json());
  assert.deepEqual(
    validation.checks.map(({ name, kind }) => [name, kind]),
    [
      ['shop', 'http'],
      ['port', 'tcp'],
    ],
  );
  assert.equal((await post('validate', { text: 'x'.repeat(1024 * 1024) })).status, 400);
  assert.equal((await post('validate', {})).status, 400);
  assert.equal((await post('try', { check: 7 })).status, 400);
  assert.equal((await post('try', {}, { Origin: 'http://evil.example' })).status, 403);
  assert.equal((await post('validate', {}, { 'Content-Type': 'text/plain' })).status, 415);
  const schema = await getJson<{ title: string }>(`${up.url}/api/v1/schema`);
  assert.equal(schema.title, 'Holdfast file');
});

test('the series of P16 are at /metrics, and the OpenAPI document is whole', async () => {
  const text = await until(async () => {
    const scraped = await (await fetch(`${up.url}/metrics`)).text();
    return scraped.includes('http_probe_success{') ? scraped : undefined;
  });
  assert.match(text, new RegExp(`http_probe_success\\{target="${target.url}",status="up"\\} 1`));
  assert.match(text, /http_probe_duration_seconds_bucket\{le="0.3",target=/);
  assert.match(text, /http_probe_status_code_count\{target="[^"]+",code="200"\} \d+/);
  assert.match(text, /holdfast_probe_up\{namespace="default",check="port",kind="tcp"\} 1/);
  const document = await getJson<{ openapi: string; paths: Record<string, unknown> }>(
    `${up.url}/api/v1/openapi.json`,
  );
  assert.equal(document.openapi, '3.1.0');
  assert.ok('/api/v1/checks/{namespace}/{name}/results' in document.paths);
});

test('secrets are sent, and appear nowhere else', async () => {
  const pages = [
    '/api/v1/overview',
    '/api/v1/checks/default/shop',
    '/api/v1/checks/default/shop/results',
    '/metrics',
  ];
  for (const page of pages)
    assert.doesNotMatch(await (await fetch(up.url + page)).text(), /hunter2/, page);
  assert.doesNotMatch(up.said(), /hunter2/);
});

test('a check that goes down is live within its interval + 1 s, and the pager is told once', async () => {
  const controller = new AbortController();
  const events = liveEvents(`${up.url}/api/v1/events`, controller.signal);
  await events.next();
  target.answer(500);
  const brokenAtMs = performance.now();
  for await (const event of events) {
    if (event.type !== 'result' || event.check !== 'shop' || event.state !== 'down') continue;
    assert.match(event.error?.trace_id ?? '', /^[0-9a-f]{32}$/);
    break;
  }
  const seenAfterMs = performance.now() - brokenAtMs;
  controller.abort();
  assert.ok(seenAfterMs < 2_000, `seen after ${seenAfterMs.toFixed(0)} ms`);

  const shown = (await getJson<Overview>(`${up.url}/api/v1/overview`)).checks.find(
    ({ name }) => name === 'shop',
  );
  assert.equal(shown?.lastError?.code, 'ERR_UNKNOWN');
  const metrics = await (await fetch(`${up.url}/metrics`)).text();
  assert.match(metrics, /holdfast_probe_errors_total\{[^}]*code="ERR_UNKNOWN"\} [1-9]/);
  await until(() => (pager.bodies.length > 0 ? true : undefined));
  const runsAtAlert = target.requests;
  await until(() => (target.requests > runsAtAlert + 3 ? true : undefined));
  assert.equal(pager.bodies.length, 1, 'one outage, one page');
  const message = JSON.parse(pager.bodies[0] ?? '');
  assert.equal(message.event, 'fired');
  assert.equal(message.check, 'shop');
  assert.equal(message.fault.code, 'SERVER_FAILED');

  target.answer(200);
  await until(() => (pager.bodies.length > 1 ? true : undefined));
  assert.equal(JSON.parse(pager.bodies[1] ?? '').event, 'recovered');
  const { alerts } = await getJson<AlertList>(`${up.url}/api/v1/alerts`);
  assert.equal(alerts.length, 1);
  const told = await until(async () => {
    const { alerts: now } = await getJson<AlertList>(`${up.url}/api/v1/alerts`);
    return now[0]?.deliveries.every((delivery) => delivery.state === 'delivered')
      ? now[0]
      : undefined;
  });
  assert.deepEqual(told.deliveries.map((delivery) => delivery.event).sort(), [
    'fired',
    'recovered',
  ]);
});

test('a changed file is in force without a restart, and a faulty one changes nothing', async () => {
  writeFileSync(
    file,
    configuration(`  - { name: new, type: http, target: "${target.url}", timeout: never }\n`),
  );
  const faulty = await until(async () => (await overview()).configProblem);
  assert.match(faulty.text, /holdfast\.yaml:\d+:\d+: checks\[2\]/);
  assert.equal((await overview()).checks.length, 2);

  writeFileSync(
    file,
    configuration(`  - { name: new, type: http, target: "${target.url}", interval: 1s }\n`),
  );
  await until(async () =>
    (await overview()).checks.some((check) => check.name === 'new' && check.state === 'up')
      ? true
      : undefined,
  );
  assert.equal((await overview()).configProblem, undefined);
});

test('a check can be run now; only JSON from this page may ask it', async () => {
  const run = `${up.url}/api/v1/checks/default/shop/run`;
  const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
  assert.equal((await fetch(run, json)).status, 202);
  assert.equal((await fetch(run, { method: 'POST', body: 'x' })).status, 415);
  const foreign = await fetch(run, {
    ...json,
    headers: { ...json.headers, origin: 'http://evil.example' },
  });
  assert.equal(foreign.status, 403);
  const { code, trace_id: traceId } = (await foreign.json()) as { code: string; trace_id: string };
  assert.equal(code, 'FORBIDDEN_ORIGIN');
  assert.match(traceId, /^[0-9a-f]{32}$/);
  assert.equal((await fetch(`${up.url}/api/v1/checks/default/absent/run`, json)).status, 404);
  assert.equal((await fetch(`${up.url}/api/v1/checks/default/shop/results?limit=0`)).status, 400);
  assert.equal((await fetch(`${up.url}/nothing/here`)).status, 404);
});

test('a backup is taken while it runs, and a restore refused', async () => {
  const copy = join(folder.path, 'copy.db');
  const taken = await holdfast(['backup', copy, '--data', data, '--json']);
  assert.equal(taken.code, 0, taken.error);
  assert.ok(JSON.parse(taken.out).rawRows > 5);
  const refused = await holdfast(['restore', copy, '--data', data]);
  assert.equal(refused.code, 1);
  assert.match(refused.error, /DATA_LOCKED/);
  const elsewhere = join(folder.path, 'elsewhere');
  assert.equal((await holdfast(['restore', copy, '--data', elsewhere])).code, 0);
});

test('killed with SIGKILL and started again, at most the last second is lost', async () => {
  const before = await until(async () => {
    const seen = shop(await overview());
    return (seen?.recent.length ?? 0) > 5 ? seen : undefined;
  });
  const killedAtMs = Date.now();
  await up.stop('SIGKILL');
  up = await start();
  const kept = await getJson<ResultList>(`${up.url}/api/v1/checks/default/shop/results?limit=1000`);
  const planned = kept.results
    .map((result) => result.key.plannedAtMs)
    .filter((ms) => ms <= killedAtMs);
  const oldest = before?.recent[0]?.plannedAtMs ?? 0;
  const missing = (before?.recent ?? []).filter(
    (run) => run.plannedAtMs < killedAtMs - 1_000 && !planned.includes(run.plannedAtMs),
  );
  assert.deepEqual(missing, []);
  assert.ok(Math.min(...planned) <= oldest);
  // The page knows the past at once.
  assert.ok((shop(await overview())?.recent.length ?? 0) >= planned.length - 1);
});

test('two on one data folder: the second is refused with the cure', async () => {
  await assert.rejects(start(), /DATA_LOCKED/);
});

test('it runs under a watcher, whose messages come over the channel of the agent', async () => {
  const watched = await startUp(['--file', file, '--data', join(folder.path, 'watched')], {
    SHOP_TOKEN: 'x',
    WATCH_REPORT_DEPENDENCIES: '1',
  });
  assert.equal(await watched.stop(), 0);
});

test('it stops cleanly on SIGTERM', async () => {
  assert.equal(await up.stop(), 0);
  up = await start();
});

/** The events of the stream; the first one yielded stands for "connected". */
async function* liveEvents(url: string, signal: AbortSignal): AsyncGenerator<LiveEvent> {
  const response = await fetch(url, { signal });
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  yield { type: 'reset' };
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const line = block.split('\n').find((one) => one.startsWith('data: '));
      if (line !== undefined) yield JSON.parse(line.slice(6)) as LiveEvent;
    }
  }
}
