import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { countedJson } from './rule-cost.ts';
import { prepareRules, ruleFailure } from './rules.ts';

/** What a rule says of a JSON value: true, or why not. */
async function says(rule: string, json: unknown = {}): Promise<true | string> {
  const problem = await prepareRules([rule]);
  if (problem !== undefined) return problem;
  return (
    ruleFailure(rule, (budget) => ({
      json: countedJson(json, budget),
      status: 200n,
      certificate_days: undefined,
    })) ?? true
  );
}

const HOLDS: [rule: string, json: unknown][] = [
  ['json.count == 3', { count: 3 }],
  ['json.count != 3', { count: 3.5 }],
  ['json.count > 2 && json.count <= 3 && 2 < json.count', { count: 3 }],
  ['json.ratio > 0 && json.ratio < 1', { ratio: 0.5 }],
  ['json.count + 1 == 4 && 1 + json.count == 4', { count: 3 }],
  ['json.count * 2 - 1 == 5', { count: 3 }],
  ['json.count / 2 == 1.5', { count: 3 }],
  ['json.count % 2 == 1', { count: 3 }],
  ['json.big == 9007199254740991', { big: 9007199254740991 }],
  ['3 in json.list && json.list[1] == 2', { list: [1, 2, 3] }],
  ['size(json.list) == 3 && json.list.size() > 2', { list: [1, 2, 3] }],
  ['json.list == [1, 2, 3]', { list: [1, 2, 3] }],
  ['json.a == {"b": 1}', { a: { b: 1 } }],
  ['json.list.all(x, x > 0) && json.list.exists(x, x == 2)', { list: [1, 2, 3] }],
  ['json.list.map(x, x * 2).filter(x, x > 2) == [4.0, 6.0]', { list: [1, 2, 3] }],
  ['json.all(key, json[key] > 0)', { a: 1, b: 2 }],
  ['has(json.a) && !has(json.b) && "a" in json', { a: null }],
  ['json.a == null', { a: null }],
  ['json.name.matches("^ho.d") && json.name.startsWith("ho")', { name: 'hold' }],
  ['json.nested.list[0].name == "x"', { nested: { list: [{ name: 'x' }] } }],
  ['status / 100 == 2', {}],
  ['certificate_days > 1.0 || status == 200', {}],
  ['string(json.count) == "3"', { count: 3 }],
  ['json.ok', { ok: true }],
];
for (const [rule, json] of HOLDS) {
  test(`holds: ${rule}`, async () => assert.equal(await says(rule, json), true));
}

const FAILS: [rule: string, json: unknown, why: RegExp][] = [
  ['json.count == 4', { count: 3 }, /it is false/],
  ['json.count == "3"', { count: 3 }, /it is false/],
  ['json.count', { count: 3 }, /neither true nor false/],
  ['json.missing == 1', {}, /missing/],
  ['json.count > "a"', { count: 3 }, /overload/],
  ['certificate_days > 1.0', {}, /there is no certificate_days/],
  ['status ==', {}, /not valid/],
  [`status == ${'1'.repeat(5000)}`, {}, /longer than/],
  ['json.all(a, json.all(b, json.all(c, true)))', {}, /within each other/],
];
for (const [rule, json, why] of FAILS) {
  test(`says why: ${rule.slice(0, 60)}`, async () =>
    assert.match(String(await says(rule, json)), why));
}

const many = Array.from({ length: 20_000 }, (_, at) => at);
const long = 'x'.repeat(200_000);
const COSTLY: [rule: string, json: unknown][] = [
  ['json.list.all(a, json.list.all(b, a + b >= 0))', { list: many }],
  ['json.list.all(a, json.list.exists(b, false) == false)', { list: many }],
  ['json.list.all(a, json.text.contains("y") == false)', { list: many, text: long }],
  ['[json.text].all(t, json.list.all(a, t.matches("y") == false))', { list: many, text: long }],
  ['[json.text].all(t, json.list.all(a, t.size() > 0))', { list: many, text: long }],
  ['json.list.all(a, json.list == json.list)', { list: many }],
];
for (const [rule, json] of COSTLY) {
  test(`is stopped: ${rule}`, async () => {
    assert.match(String(await says(rule, json)), /costs too much/);
    assert.equal(
      await says('json.a == 1', { a: 1 }),
      true,
      'the next rule has a budget of its own',
    );
  });
}

before(async () => {
  await prepareRules([]);
});
