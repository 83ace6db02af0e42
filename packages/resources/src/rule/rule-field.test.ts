// Rules are proven before they run. The engine itself is asked in the same breath: what passes here
// must be something it can evaluate.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import fc from 'fast-check';
import { ruleFault } from './rule-field.ts';
import { RULE_VARIABLES } from './rule-vocabulary.ts';

const RIGHT = [
  'status == 200',
  'status in [200, 201] && status != 500',
  'total_ms < 300.0 && total_ms < 300',
  'headers["content-type"].startsWith("text/") || "etag" in headers',
  'headers.etag == "x" || !has(headers.missing)',
  'size(body) > 0 && body.contains("o") && body.matches("^o+")',
  'json.ok && json.items[0].price * 2.0 > 1.0 && json["ok"] == true',
  'json.items.all(item, item.price > 0.0) && json.items.exists(item, item.price > 1.0)',
  'json.items.filter(item, item.price > 1.0).size() == 1',
  'json.items.map(item, item.price)[0] > 0.0',
  'phases["connect"] < 50.0 && phases.all(name, phases[name] < 1000.0)',
  'certificate_days > 14.0 && target.endsWith("x")',
  'double(status) / 2.0 > 1.0 && int(total_ms) % 2 == 0 && string(status) == "200"',
  'status == 200 ? total_ms < 300.0 : total_ms < 50.0',
  'type(status) == int && -total_ms < 0.0 && !(status == 404)',
  '{"a": 1}.a == 1 && [1, 2][0] == 1 && json != null',
];

const BINDINGS = {
  status: 200n,
  headers: new Map([
    ['content-type', 'text/html'],
    ['etag', 'x'],
  ]),
  body: 'oo',
  detail: { ttl: 64 },
  json: { ok: true, items: [{ price: 5 }] },
  total_ms: 20,
  phases: new Map([['connect', 5]]),
  certificate_days: 30,
  target: 'http://x',
};

test('right rules pass, and the engine finds them true', () => {
  const environment = celEnv({ variables: { ...RULE_VARIABLES } });
  for (const rule of RIGHT) {
    assert.equal(ruleFault(rule), undefined, rule);
    const result = plan(environment, parse(rule))(BINDINGS as never);
    assert.ok(!isCelError(result), `${rule}: ${String(result)}`);
    assert.equal(result, true, rule);
  }
});

test('whole numbers and others may be mixed: the judge adds that to what the engine has', () => {
  for (const rule of ['total_ms / 2 < 300', '2 * total_ms > 1.0', 'json.count + 1 > 5']) {
    assert.equal(ruleFault(rule), undefined, rule);
  }
});

test('wrong rules are refused, saying where and what to write', () => {
  const wrong: [string, RegExp][] = [
    ['', /is empty/],
    ['status = 200', /character 8.* — write ==/],
    ['status == 200 and true', /write && for and/],
    ['"open', /close the quote/],
    ['stats == 200', /no variable stats, at character 1 — did you mean status/],
    ['status == "200"', /never equal/],
    ['status', /gives int/],
    ['body.contain("x")', /did you mean contains/],
    ['nothing(1)', /no function nothing/],
    ['body + 1 == "x"', /\+ does not work on a text and a whole number.*string\(…\)/],
    ['status && true', /&& wants true or false/],
    ['status ? true : false', /\? : wants true or false/],
    ['status.code == 1', /\.code is asked of a whole number/],
    ['status.all(x, x == 1)', /cannot be looped over/],
    ['headers[1] == "a"', /cannot be indexed/],
    ['body.matches("(")', /the pattern is no regular expression/],
    ['body.all(x, true)', /cannot be looped over/],
    ['json.all(a, json.all(b, json.all(c, true)))', /nested more than 2 deep/],
    ['json.filter(a, a).map(a, a).all(a, a)', /nested more than 2 deep/],
    [`${'('.repeat(51)}true${')'.repeat(51)}`, /nested too deeply/],
    [`"${'x'.repeat(1000)}" == body`, /at most 1000 characters/],
  ];
  for (const [rule, words] of wrong) assert.match(ruleFault(rule) ?? 'passed', words, rule);
});

test('a kind has its own variables', () => {
  const rules = {
    'status == 200': ['http'],
    'detail.ttl > 5': ['tls', 'dns', 'icmp', 'grpc', 'tcp', 'plugin'],
    'certificate_days > 5.0': ['http', 'tls', 'grpc', 'tcp'],
    'total_ms < 5.0 && phases["connect"] < 1.0 && target != ""': [
      'http',
      'tls',
      'dns',
      'icmp',
      'grpc',
      'tcp',
      'plugin',
    ],
    true: ['http', 'tls', 'dns', 'icmp', 'grpc', 'tcp', 'plugin', 'udp'],
  };
  for (const [rule, kinds] of Object.entries(rules)) {
    assert.equal(ruleFault(rule), undefined, rule);
    for (const kind of ['http', 'tls', 'dns', 'icmp', 'grpc', 'tcp', 'plugin', 'udp']) {
      const fault = ruleFault(rule, kind);
      if (kinds.includes(kind)) assert.equal(fault, undefined, `${rule} in ${kind}`);
      else assert.match(fault ?? 'passed', new RegExp(`in ${kind} checks`), rule);
    }
  }
});

test('never throws', () => {
  const parts = fc.constantFrom(
    'status',
    'json',
    'body',
    '.a',
    '(',
    ')',
    '[',
    ']',
    '&&',
    '==',
    '"',
    '1',
    ' ',
    '!',
    'all(x,',
    '?',
    ':',
    '{',
    '}',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(parts, { maxLength: 20 }).map((all) => all.join('')),
      ),
      (rule) => {
        const fault = ruleFault(rule);
        assert.ok(fault === undefined || fault.includes(' — '));
      },
    ),
    { numRuns: 500 },
  );
});
