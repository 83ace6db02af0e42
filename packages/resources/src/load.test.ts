// What the loader promises whatever the text: it never throws, every fault has its place, a fault
// hides none elsewhere, no secret is told, and YAML and TOML mean the same.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compileTerseCheck, formatProblem, type Loaded, loadConfiguration } from './load.ts';

const TESTDATA = join(import.meta.dirname, '../testdata');
const SOURCES = readdirSync(TESTDATA)
  .filter((file) => /\.(yaml|toml)$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(TESTDATA, file), 'utf8') }));

function load(file: string, text: string): Loaded {
  return loadConfiguration({
    file,
    text,
    readFile: () => {
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    },
  });
}

function problemsOf(file: string, text: string): string[] {
  const loaded = load(file, text);
  return loaded.ok ? [] : loaded.problems.map(formatProblem);
}

/** Holds for every text there is. */
function assertSoundAnswer(file: string, text: string): void {
  const loaded = load(file, text);
  if (loaded.ok) return;
  const lines = text.split('\n');
  assert.ok(loaded.problems.length > 0);
  for (const problem of loaded.problems) {
    const shown = formatProblem(problem);
    assert.doesNotMatch(shown, /fault of Holdfast|cannot be read as TOML/);
    assert.ok(problem.line >= 1 && problem.line <= lines.length, shown);
    assert.ok(
      problem.column >= 1 && problem.column <= (lines[problem.line - 1]?.length ?? 0) + 1,
      shown,
    );
    assert.doesNotMatch(shown, /\n/);
  }
}

describe('never throws', () => {
  const file = fc.constantFrom('a.yaml', 'a.toml');

  test('for random texts', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'ab:-[]{},"\'\n #&*|>=.1\t?!%@') }),
    );
    fc.assert(fc.property(file, text, assertSoundAnswer), { numRuns: 1500 });
  });

  test('for files with a part cut out, doubled, or replaced', () => {
    const change = fc.record({
      source: fc.constantFrom(...SOURCES),
      at: fc.nat(),
      length: fc.integer({ min: 0, max: 40 }),
      insert: fc.oneof(
        fc.string({ maxLength: 6 }),
        fc.constantFrom(
          '\n',
          '  ',
          ': ',
          '- ',
          '[',
          '{',
          '"',
          'null',
          '__proto__: 1\n',
          '<<: ',
          '\t',
          'constructor: 1\n',
        ),
      ),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 1 }), ([one]) => {
        if (one === undefined) return;
        const at = one.at % (one.source.text.length + 1);
        const text =
          one.source.text.slice(0, at) + one.insert + one.source.text.slice(at + one.length);
        assertSoundAnswer(one.source.file, text);
      }),
      { numRuns: 600 },
    );
  });

  test('for trees of any values under the names we know', () => {
    const names = [
      'defaults',
      'checks',
      'name',
      'target',
      'targets',
      'interval',
      'expect',
      'status',
      'body',
      'that',
      'headers',
      'tls',
      'channels',
      'alerts',
      'match',
      'type',
      'resources',
      'kind',
      'metadata',
      'spec',
      'limits',
      'egress',
      'deny',
      'expect_code',
      'port',
      'url',
      'query',
      'server',
      'recordType',
      'record_type',
      'path',
      'packets',
      'payload',
      'packetInterval',
      'metadata',
      'method',
      'retries',
      'attempts',
      'rcode',
      'answer',
      'countMin',
      'loss',
      'descriptorSet',
      'startTls',
      'alpn',
      'include',
      'targetsFile',
      'plugins',
      'tokens',
      'pools',
      'pool',
      'connection',
      'namespaces',
      'namespace',
      'faults',
      'when',
      'class',
      'code',
      'httpStatus',
      'timeouts',
      'connect',
      'address',
      'addresses',
      'version',
      'proxy',
      'auth',
      'basic',
      'bearer',
      'oauth2',
      'token',
      'tokenUrl',
      'clientId',
      'clientSecret',
      'client',
      'certificate',
      'key',
      'jsonSchema',
      'banner',
      'dialogue',
      'send',
      'secure',
      'dnssec',
      'trace',
      'roots',
      'ip',
      'checks',
      'runsPerSecond',
      'min',
      'max',
      'with',
    ];
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom('api', 'http://a', '30s', 'tcp', 'Check', 'webhook', ''),
        fc.constantFrom(
          'dns',
          'icmp',
          'grpc',
          'tls',
          'dns://a',
          'dns://[::1]:5/b',
          'ping://a',
          'a',
        ),
        fc.constantFrom(
          'grpc://a:1',
          'grpcs://b:2',
          'tls://a',
          'a.B/C',
          'GET',
          'NXDOMAIN',
          '20%',
          '::1',
        ),
        fc.constantFrom(
          'default',
          'keep-alive',
          'all',
          '192.0.2.7',
          'tls://a',
          'https://a/q',
          '${token:api}',
          '${1}',
          '(a)',
          '${uuid}',
        ),
        fc.integer(),
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom(...names), tie('tree'), { maxKeys: 8 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const text = JSON.stringify(value);
        assertSoundAnswer('a.yaml', text);
      }),
      { numRuns: 2500 },
    );
  });
});

describe('every fault at once', () => {
  test('a fault of type hides none across fields, in its own check or elsewhere', () => {
    const problems = problemsOf(
      'a.yaml',
      `checks:
  - {name: one, target: "http://a", interval: 5s, timeout: 10s, method: 7, expect: {status: 700, that: "x"}}
  - {name: two, target: "tcp://a:1", method: GET, extra: 1}
  - {name: two, target: "http://a", body: x}
channels: [{name: c, type: webhook}]
alerts: [{name: r, channels: [d]}]
`,
    );
    const places = problems.map((line) => line.split(' ')[1]);
    assert.deepEqual(places, [
      'checks[0].timeout:',
      'checks[0].method:',
      'checks[0].expect.status:',
      'checks[0].expect.that:',
      'checks[1].method:',
      'checks[1].extra:',
      'checks[2].name:',
      'checks[2].body:',
      'channels[0].url:',
      'alerts[0].channels[0]:',
    ]);
  });

  test('a faulty field is not taken for one that was left out', () => {
    const problems = problemsOf(
      'a.yaml',
      `checks:
  - {name: a, target: "http://a", interval: soon, timeout: 60s}
  - {name: b, target: "http://a", method: PSOT, body: x}
  - {name: c, target: example.com, type: htp}
  - {name: d, target: 5}
`,
    );
    assert.equal(problems.length, 4, problems.join('\n'));
  });
});

test('no problem tells a secret', () => {
  const secret = 'hunter2';
  const texts = [
    `checks: [{name: a, target: "http://me:${secret}@exa mple"}]`,
    `checks: [{name: a, target: "http://me:${secret}@example.com:99999"}]`,
    `checks: [{name: a, target: "me:${secret}@example.com"}]`,
    `checks: [{name: a, target: "htp://me:${secret}@example.com"}]`,
    `checks: [{name: a, target: "http://a", headers: {Authorization: "${secret}\\n"}}]`,
    `checks: [{name: a, target: "http://a", headers: {Authorization: ["${secret}"]}}]`,
    `checks: [{name: a, target: "grpc://a:1", metadata: {authorization: ["${secret}"]}}]`,
    `checks: [{name: a, target: "grpc://a:1", metadata: ${secret}}]`,
    `checks: [{name: a, target: "grpc://me:${secret}@a:1"}]`,
    `checks: [{name: a, target: "icmp://a", payload: ${secret}}]`,
    `checks: [{name: a, target: "http://a", auth: {bearer: ["${secret}"]}}]`,
    `checks: [{name: a, target: "http://a", auth: ${secret}}]`,
    `checks: [{name: a, target: "http://a", auth: {basic: {username: x, pasword: ${secret}}}}]`,
    `checks: [{name: a, target: "http://a", proxy: "http://me:${secret}@a b"}]`,
    `checks: [{name: a, target: "http://a", body: "${secret} \${x}", method: POST}]`,
    `checks: [{name: a, target: "https://a", tls: {client: {certificate: x, key: ["${secret}"]}}}]`,
    `checks: [{name: a, target: "tcp://a:1", dialogue: ["PASS ${secret}"]}]`,
    `checks: [{name: a, target: "tcp://a:1", dialogue: [{send: "PASS ${secret} \${x}"}]}]`,
    `checks: [{name: a, target: "http://a", with: ${secret}}]`,
    `tokens: [{name: a, url: "http://a", clientId: a, clientSecret: "${secret}\${x}"}]`,
    `channels: [{name: a, type: webhook, url: "hooks/${secret}"}]`,
    `channels: [{name: a, type: smtp, server: "mail:${secret}", from: a, to: [a]}]`,
    `{apiVersion: holdfast.dev/v1, kind: Channel, metadata: {name: a}, spec: {type: webhook, url: "x:${secret}"}}`,
  ];
  for (const text of texts) {
    const problems = problemsOf('a.yaml', text).join('\n');
    assert.notEqual(problems, '', text);
    assert.ok(!problems.includes(secret), problems);
  }
});

test('YAML and TOML mean the same', () => {
  const yaml = `
defaults: {interval: 1m, labels: {team: web}}
checks:
  - {name: a, target: "http://a.example", expect: {status: [200, 2xx], json: {a: [1, 2.5, true, {b: x}]}}}
  - {name: b, target: "tcp://b.example:1"}
channels: [{name: c, type: webhook, url: "http://c.example/"}]
`;
  const toml = `
[defaults]
interval = "1m"
labels.team = "web"
[[checks]]
name = "a"
target = "http://a.example"
[checks.expect]
status = [200, "2xx"]
json.a = [1, 2.5, true, {b = "x"}]
[[checks]]
name = "b"
target = "tcp://b.example:1"
[[channels]]
name = "c"
type = "webhook"
url = "http://c.example/"
`;
  const [one, other] = [load('a.yaml', yaml), load('a.toml', toml)];
  assert.ok(one.ok && other.ok);
  assert.deepEqual(
    JSON.parse(JSON.stringify(one.configuration)),
    JSON.parse(JSON.stringify(other.configuration)),
  );
});

test('line ends and byte order marks change nothing', () => {
  const text =
    'checks:\n  - {name: a, target: "http://a", interval: 0}\n  - {name: b, target: x}\n';
  const plain = problemsOf('a.yaml', text);
  assert.equal(plain.length, 2);
  assert.deepEqual(problemsOf('a.yaml', text.replaceAll('\n', '\r\n')), plain);
  assert.deepEqual(problemsOf('a.yaml', `\uFEFF${text}`), plain);
});

test('one check alone, as a command line makes it', () => {
  const read = () => '';
  const good = compileTerseCheck(
    {
      name: 'probe',
      target: 'a.example',
      type: 'http',
      interval: '24h',
      timeout: '5s',
      method: undefined,
    },
    read,
  );
  assert.ok(good.ok && good.check.target === 'http://a.example' && good.check.timeoutMs === 5_000);
  const bad = compileTerseCheck({ name: 'probe', target: 'a.example', timeout: 'soon' }, read);
  assert.ok(!bad.ok);
  assert.deepEqual(bad.problems.map((problem) => problem.path).sort(), ['target', 'timeout']);
});
