// What a file means must survive the way through a store: its resources, written out whole and
// loaded again, give the same configuration. And what a store holds may be newer than we are.

import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  type Configuration,
  formatProblem,
  formatResourceProblem,
  type Loaded,
  loadConfiguration,
  loadResources,
} from './load.ts';
import { type PresetName, presetNames } from './presets.ts';

const TESTDATA = join(import.meta.dirname, '../testdata');
const EXAMPLES = join(import.meta.dirname, '../../../examples');

function configurationOf(loaded: Loaded): Configuration {
  assert.ok(loaded.ok, loaded.ok ? '' : loaded.problems.map(formatProblem).join('\n'));
  return loaded.configuration;
}

function load(text: string, preset?: PresetName, folder = TESTDATA, file = 'a.yaml') {
  return loadConfiguration({
    file,
    text,
    folder: '/etc/holdfast',
    readFile: (path, encoding = 'utf8') => readFileSync(join(folder, path), encoding),
    listFiles: (pattern) => globSync(pattern, { cwd: folder }),
    ...(preset === undefined ? {} : { preset }),
  });
}

function inForce({
  checks,
  rules,
  channels,
  faultTable,
  egress,
  retention,
  access,
}: Configuration) {
  return { checks, rules, channels, faultTable, egress, retention, access };
}

function assertSurvives(first: Configuration): void {
  const stored = JSON.parse(JSON.stringify(first.written)) as object[];
  const again = configurationOf(loadResources({ stored }));
  assert.deepEqual(inForce(again), inForce(first));
  assert.deepEqual(again.written, first.written);
  // What cannot change is read once; loading it must leave no trace in it.
  for (const one of stored) Object.freeze(one);
  for (let time = 0; time < 2; time += 1)
    assert.deepEqual(inForce(configurationOf(loadResources({ stored }))), inForce(first));
  const documents = stored.map((one) => JSON.stringify(one)).join('\n---\n');
  const file = configurationOf(loadConfiguration({ file: 'b.yaml', text: documents }));
  assert.deepEqual(inForce(file), inForce(first));
}

describe('what a file means survives the way through a store', () => {
  for (const folder of [TESTDATA, EXAMPLES])
    for (const file of readdirSync(folder).filter((name) =>
      /^(?!invalid).*\.(yaml|toml)$/.test(name),
    ))
      for (const preset of [undefined, ...presetNames])
        test(`${file} ${preset ?? ''}`, () => {
          const text = readFileSync(join(folder, file), 'utf8');
          const loaded = load(text, preset, folder, file);
          if (!loaded.ok && preset !== undefined) return;
          assertSurvives(configurationOf(loaded));
        });

  test('a part names what stands elsewhere, and keeps to limits that stand elsewhere', () => {
    const text = JSON.stringify({
      checks: [
        {
          name: 'a',
          target: 'https://a.example',
          interval: '1s',
          pool: 'shared',
          headers: { 'X-A': `\${token:shop}` },
        },
      ],
      alerts: [{ name: 'down', channels: ['chat'] }],
    });
    const whole = loadConfiguration({ file: 'a.yaml', text });
    assert.equal(whole.ok ? 0 : whole.problems.length, 4);
    const { written } = configurationOf(loadConfiguration({ file: 'a.yaml', text, part: true }));
    const beside = `
      limits: {interval: {min: 1s}}
      pools: [{name: shared}]
      channels: [{name: chat, type: webhook, url: "https://h.example"}]
      tokens: [{name: shop, url: "https://t.example", clientId: a, clientSecret: b}]`;
    const stored = configurationOf(loadConfiguration({ file: 'b.yaml', text: beside })).written;
    assert.equal(configurationOf(loadResources({ stored, written })).checks.length, 1);
  });

  test('whatever it says', () => {
    const check = fc.record(
      {
        interval: fc.constantFrom('5s', '1m', 7, '5m'),
        retries: fc.constantFrom({ attempts: 2 }, { attempts: 3, backoff: '20ms' }),
        headers: fc.dictionary(fc.constantFrom('Accept', 'X-A'), fc.constantFrom('a', 'b')),
        labels: fc.dictionary(fc.constantFrom('team', 'tier'), fc.constantFrom('a', 'b')),
        locations: fc.constantFrom(['fra'], ['fra', 'nyc']),
        quorum: fc.constantFrom('any', 'all', 1),
        expect: fc.constantFrom({ status: 200 }, { that: 'total_ms < 5.0', body: 'a' }),
        namespace: fc.constantFrom('default', 'team-a'),
        tls: fc.constant({ ca: 'authority.pem' }),
        paused: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    const targets = fc.constantFrom(
      { target: 'https://a.example' },
      { targets: ['https://a.example/', 'http://b.example:81/x'] },
    );
    const file = fc.record(
      {
        defaults: check,
        checks: fc
          .array(fc.tuple(check, targets), { maxLength: 4 })
          .map((entries) =>
            entries.map(([fields, where], index) => ({ name: `c${index}`, ...fields, ...where })),
          ),
        limits: fc.constantFrom({ interval: { max: '10m' } }, { checks: 50 }),
        namespaces: fc.constantFrom([{ name: 'team-a', limits: { timeout: { max: '30s' } } }]),
        retention: fc.constantFrom({ raw: '2d' }, { hours: '3d' }),
        egress: fc.constantFrom({ deny: ['10.0.0.0/8'] }, { allow: ['10.0.0.0/8'] }),
        channels: fc.constant([{ name: 'chat', type: 'webhook', url: 'https://h.example/x' }]),
      },
      { requiredKeys: ['checks'] },
    );
    fc.assert(
      fc.property(file, fc.option(fc.constantFrom(...presetNames)), (written, preset) => {
        assertSurvives(configurationOf(load(JSON.stringify(written), preset ?? undefined)));
      }),
      { numRuns: 60 },
    );
  });
});

describe('resources of a store', () => {
  const check = {
    apiVersion: 'holdfast.dev/v1',
    kind: 'Check',
    metadata: { name: 'a', namespace: 'shop' },
    spec: { target: 'tcp://a:1' },
  };
  const problemsOf = (loaded: Loaded) =>
    loaded.ok ? [] : loaded.problems.map(formatResourceProblem);

  test('a field that we do not know is a warning there, and a fault in what people write', () => {
    const newer = {
      ...check,
      since: 'later',
      metadata: { ...check.metadata, annotations: {} },
      spec: { ...check.spec, colour: 'red', expect: { smell: 1, that: 'total_ms < 5.0' } },
    };
    const stored = loadResources({ stored: [newer] });
    assert.deepEqual(configurationOf(stored).checks[0]?.spec, {
      ...configurationOf(loadResources({ stored: [check] })).checks[0]?.spec,
      expect: { that: ['total_ms < 5.0'] },
    });
    assert.deepEqual(stored.warnings.map(({ path }) => path).toSorted(), [
      'metadata.annotations',
      'since',
      'spec.colour',
      'spec.expect.smell',
    ]);
    const faults = problemsOf(loadResources({ stored: [], written: [newer] }));
    assert.equal(faults.length, 4);
    for (const fault of faults) assert.match(fault, /^Check shop\/a: .* is not a field here — /);
  });

  test('what stands beside it counts: names, limits, channels', () => {
    const limits = {
      apiVersion: check.apiVersion,
      kind: 'Namespace',
      metadata: { name: 'shop' },
      spec: { limits: { checks: 1 } },
    };
    const second = { ...check, metadata: { name: 'b', namespace: 'shop' } };
    assert.deepEqual(problemsOf(loadResources({ stored: [limits, check], written: [second] })), [
      'Check shop/b: metadata.name: is check 2 of namespace shop, whose limit is 1 (found "b") — remove some, or write namespaces: [{name: shop, limits: {checks: 2}}]',
    ]);
    assert.deepEqual(problemsOf(loadResources({ stored: [check], written: [check] })), [
      'Check shop/a: metadata.name: makes a second check "a" in namespace shop, the first is at Check shop/a (found "a") — write another name',
    ]);
  });

  test('nothing else is read: no terse form, no file, no depth, no kind that is none', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    const authority = { ...check, spec: { target: 'tls://a:1', tls: { ca: '/etc/ca.pem' } } };
    for (const [written, problem] of [
      [{ checks: [{ name: 'a', target: 'tcp://a:1' }] }, /kind: is missing/],
      [deep, /nested too deeply/],
      ['text', /must be a resource/],
      [null, /must be a resource/],
      [{ kind: 'Chek' }, /did you mean Check/],
      [authority, /Check shop\/a: spec\.tls\.ca: names a file that cannot be read/],
    ] as const)
      assert.match(problemsOf(loadResources({ stored: [], written: [written] }))[0] ?? '', problem);
  });

  test('a kind that a plugin brings is known once the plugin is', () => {
    const redis = Object.freeze({
      ...check,
      spec: { type: 'redis', target: 'redis://a', with: {} },
    });
    const plugin = {
      kind: 'redis',
      schemes: ['redis'],
      targetExample: 'redis://a',
      validate: () => [],
    };
    assert.match(problemsOf(loadResources({ stored: [redis] }))[0] ?? '', /spec\.type: must be/);
    const { checks } = configurationOf(loadResources({ stored: [redis], plugins: [plugin] }));
    assert.equal(checks[0]?.spec.kind, 'plugin');
  });

  test('any value at all is a value or its faults', () => {
    fc.assert(
      fc.property(fc.array(fc.anything({ maxDepth: 4 })), (stored) => {
        assert.equal(typeof loadResources({ stored }).ok, 'boolean');
      }),
    );
  });
});
