// What a file brings for all of its checks: plugins, presets, limits, keys, warnings. Each is told at
// its place, or compiled to just what stands here.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileTerseCheck, formatProblem, type LoadRequest, loadConfiguration } from './load.ts';
import type { PluginDescription } from './plugin.ts';

const load = (text: string, more: Partial<LoadRequest> = {}) =>
  loadConfiguration({ file: 'a.yaml', folder: '/etc/holdfast', text, ...more });

function configurationOf(text: string, more?: Partial<LoadRequest>) {
  const loaded = load(text, more);
  assert.ok(loaded.ok, loaded.ok ? '' : loaded.problems.map(formatProblem).join('\n'));
  return loaded.configuration;
}

function problemsOf(text: string, more?: Partial<LoadRequest>): string[] {
  const loaded = load(text, more);
  return loaded.ok ? [] : loaded.problems.map(formatProblem);
}

describe('plugins', () => {
  const redis: PluginDescription = {
    kind: 'redis',
    schemes: ['redis', 'rediss'],
    targetExample: 'redis://cache.example.com:6379',
    validate: (options) =>
      Object.hasOwn(options as object, 'command')
        ? []
        : [{ path: ['command'], message: 'is missing', hint: 'write command: PING' }],
  };
  const withRedis = { loadPlugin: () => redis };
  const check = '{name: a, target: "redis://me:hunter2@a", with: {command: PING, password: x}';

  test('bring kinds that are written like all others', () => {
    const asked: string[] = [];
    const { checks, plugins, resources } = configurationOf(
      `{plugins: [./p/redis.ts], defaults: {method: POST, expect: {that: total_ms < 5.0, status: 200}}, checks: [${check}}]}`,
      {
        loadPlugin: (specifier, from) => {
          asked.push(specifier, from);
          return redis;
        },
      },
    );
    assert.deepEqual(asked, ['/etc/holdfast/p/redis.ts', '/etc/holdfast/a.yaml']);
    assert.deepEqual(plugins, ['/etc/holdfast/p/redis.ts']);
    assert.deepEqual(checks[0]?.spec, {
      kind: 'plugin',
      plugin: 'redis',
      target: 'redis://me:hunter2@a',
      options: { command: 'PING', password: 'x' },
      ip: 'any',
      expect: { that: ['total_ms < 5.0'] },
    });
    assert.equal(checks[0]?.target, 'redis://a');
    assert.doesNotMatch(JSON.stringify(resources), /hunter2|"x"/);
    const byType = `{plugins: [redis], checks: [{name: a, type: redis, target: "a:1", with: {command: X}}]}`;
    assert.equal(configurationOf(byType, withRedis).plugins[0], 'redis');
  });

  test('prove their own fields; those of others are told', () => {
    const text = `{plugins: [redis], checks: [{name: a, target: "redis://a", method: GET, with: {cmd: X}, expect: {status: 200}}, {name: b, type: redsi, target: a}, {name: c, target: "rediss2://a"}, {name: d, type: redis, target: "http://a"}, {name: e, target: "http://a", with: {}}]}`;
    const places = problemsOf(text, withRedis).map((line) => line.replace(/^a\.yaml:1:\d+: /, ''));
    assert.equal(places.length, 7, places.join('\n'));
    assert.match(
      places[0] ?? '',
      /^checks\[0\]\.method: belongs to http and grpc checks, this one is plugin/,
    );
    assert.match(places.join('\n'), /checks\[0\]\.with\.command: is missing — write command: PING/);
    assert.match(places.join('\n'), /checks\[1\]\.type: .* did you mean redis\?/);
    assert.match(places.join('\n'), /checks\[2\]\.target: .*did you mean rediss:\/\/\?/);
    assert.match(places.join('\n'), /checks\[3\]\.target: is a web address, but type is redis/);
  });

  test('that take what is another’s, or cannot be loaded, are told at their place', () => {
    const said = (description: unknown) =>
      problemsOf('plugins: [a]', { loadPlugin: () => description as PluginDescription }).join();
    assert.match(said({ ...redis, kind: 'http' }), /plugins\[0\]: brings the kind http, which is/);
    assert.match(said({ ...redis, schemes: ['ping'] }), /takes the scheme ping:\/\//);
    assert.match(said({ ...redis, validate: 1 }), /is no plugin/);
    assert.match(said({}), /is no plugin/);
    assert.match(said(undefined), /is no plugin/);
    assert.match(problemsOf('plugins: [a, b]', withRedis).join(), /plugins\[1\]: takes a kind/);
    assert.match(problemsOf('plugins: [a, a]', withRedis).join(), /plugins\[1\]: is named twice/);
    const failing = () => {
      throw new Error('no such module');
    };
    assert.match(problemsOf('plugins: [a]', { loadPlugin: failing }).join(), /no such module/);
  });

  test('that throw while they prove hide nothing else', () => {
    const broken = {
      loadPlugin: () => ({
        ...redis,
        validate: () => {
          throw new Error('oops');
        },
      }),
    };
    assert.match(
      problemsOf(`{plugins: [redis], checks: [${check}}]}`, broken).join(),
      /checks\[0\]\.with: cannot be proven/,
    );
  });
});

describe('presets', () => {
  const text =
    'checks: [{name: a, target: "http://a"}, {name: b, target: "http://b", timeout: 1s}]';

  test('prod tries twice where the timeout allows it, and keeps results longer', () => {
    const { checks, retention } = configurationOf(text, { preset: 'prod' });
    assert.deepEqual(
      checks.map(({ retry }) => retry),
      [{ attempts: 2, backoffMs: 1_000 }, undefined],
    );
    assert.deepEqual([retention.rawMs, retention.minuteMs], [14 * 86_400_000, 90 * 86_400_000]);
    const own = configurationOf(
      `{defaults: {retries: {attempts: 1}}, retention: {raw: 1d}, ${text}}`,
      { preset: 'prod' },
    );
    assert.equal(own.checks[0]?.retry, undefined);
    assert.deepEqual([own.retention.rawMs, own.retention.minuteMs], [86_400_000, 90 * 86_400_000]);
    assert.deepEqual(own.warnings, []);
  });

  test('dev allows short intervals, and the file can forbid them again', () => {
    const fast = '{checks: [{name: a, target: "http://a", interval: 1s}]';
    assert.equal(problemsOf(`${fast}}`).length, 1);
    assert.equal(configurationOf(`${fast}}`, { preset: 'dev' }).checks[0]?.intervalMs, 1_000);
    assert.equal(
      problemsOf(`${fast}, limits: {interval: {min: 2s}}}`, { preset: 'dev' }).length,
      1,
    );
  });
});

test('private keys are named, never read', () => {
  const readFile = () => {
    throw new Error('must not be read');
  };
  const text = (key: string) =>
    `tokens: [{name: a, url: "http://a", clientId: a, clientSecret: b, tls: {client: {certificate: c.pem, key: ${key}}}}]`;
  const read: string[] = [];
  load(text('keys/a.key'), {
    readFile: (path) => {
      read.push(path);
      return readFile();
    },
  });
  assert.deepEqual(read, ['c.pem']);
});

test('without files nothing is read, and every fault is told with its warnings', () => {
  const loaded = load(
    '{include: b.yaml, checks: [{name: a, target: "https://a", tls: {verify: false, ca: c.pem}, interval: 1}]}',
  );
  assert.ok(!loaded.ok);
  assert.deepEqual(
    loaded.problems.map(({ path, column }) => [path, column]),
    [
      ['include', 11],
      ['checks[0].tls.ca', 84],
      ['checks[0].interval', 102],
    ],
  );
  assert.deepEqual(
    loaded.warnings.map(({ path }) => path),
    ['checks[0].tls.verify'],
  );
});

test('limits of a namespace count its checks and their runs', () => {
  const checks = Array.from(
    { length: 4 },
    (_, at) => `{name: c${at}, target: "http://a", interval: 5s}`,
  );
  const said = (limits: string) =>
    problemsOf(`{limits: ${limits}, checks: [${checks.join(', ')}]}`).join('\n');
  assert.equal(said('{checks: 4}'), '');
  assert.match(said('{checks: 3}'), /checks\[3\]\.name: is check 4 .* limits: \{checks: 4\}/);
  assert.equal(said('{runsPerSecond: 1}'), '');
  const paused = checks.map((one) => one.replace('5s', '2s, paused: true'));
  assert.equal(
    problemsOf(`{limits: {runsPerSecond: 1, interval: {min: 1s}}, checks: [${paused.join()}]}`)
      .length,
    0,
  );
});

test('a command line has only the widest limits', () => {
  for (const interval of ['1s', '24h'])
    assert.ok(compileTerseCheck({ name: 'a', target: 'http://a', interval }, () => '').ok);
  assert.ok(!compileTerseCheck({ name: 'a', target: 'http://a', interval: '25h' }, () => '').ok);
});

describe('a text that is to be added to a file', () => {
  const { surroundings: around } = configurationOf(
    `{limits: {interval: {min: 1s}}, namespaces: [{name: team-a, limits: {interval: {max: 10s}}}],
      pools: [{name: shop, perHost: 2}], tokens: [{name: login, url: "https://a", clientId: a, clientSecret: hunter2}]}`,
  );
  const check = '{name: a, target: "http://a", interval: 1s, pool: shop, auth: {token: login}}';

  test('keeps to the limits of the file and may name its pools and tokens', () => {
    assert.notEqual(problemsOf(`{checks: [${check}]}`).length, 0);
    assert.deepEqual(problemsOf(`{checks: [${check}]}`, { around }), []);
    const slow = '{name: b, target: "http://a", interval: 30s, namespace: team-a}';
    assert.match(String(problemsOf(`{checks: [${slow}]}`, { around })[0]), /limits of 1s to 10s/);
  });

  test('is told nothing of the tokens but their names', () => {
    assert.doesNotMatch(JSON.stringify(around), /hunter2/);
  });

  test('has its own sections where it writes them', () => {
    const own = `{pools: [{name: shop}], tokens: [], checks: [${check}]}`;
    assert.match(String(problemsOf(own, { around })), /names no token of this file/);
  });
});
