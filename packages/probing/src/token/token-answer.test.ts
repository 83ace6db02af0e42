// Answers of token endpoints, right, wrong and hostile.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readTokenAnswer } from './token-answer.ts';

const ENDPOINT = 'https://sso.test/token';

function read(status: number, answer: unknown) {
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  const outcome = readTokenAnswer(ENDPOINT, status, text);
  return outcome.ok ? outcome.value : outcome.fault.message;
}

test('a token and its lifetime', () => {
  assert.deepEqual(read(200, { access_token: 'abc', expires_in: 60 }), {
    value: 'abc',
    lifetimeMs: 60_000,
  });
  const lifetime = (seconds: unknown) => {
    const token = read(200, { access_token: 'abc', expires_in: seconds });
    return typeof token === 'string' ? token : token.lifetimeMs;
  };
  assert.deepEqual(
    ['60', -5, 1e12, undefined, 'soon', {}].map(lifetime),
    [60_000, 0, 86_400_000, 300_000, 300_000, 300_000],
  );
});

test('a refusal is told with its status and its error', () => {
  const answer = { error: 'invalid_client', error_description: 'no such\nclient' };
  assert.equal(
    read(401, answer),
    `The token endpoint ${ENDPOINT} answered with status 401: invalid_client (no such?client).`,
  );
  assert.match(String(read(503, '<html>')), /answered with status 503\.$/);
  assert.match(String(read(200, { access_token: '' })), /no usable access_token/);
  assert.match(String(read(200, { access_token: 'a\r\nX: b' })), /no usable access_token/);
  assert.match(String(read(200, 'null')), /no usable access_token/);
});

test('whatever comes is a token that a header takes, or a short fault', () => {
  const answers = fc.oneof(
    fc.string(),
    fc.record(
      { access_token: fc.anything(), expires_in: fc.anything(), error: fc.anything() },
      { requiredKeys: [] },
    ),
  );
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), answers, (status, answer) => {
      const text = typeof answer === 'string' ? answer : safeJson(answer);
      const outcome = readTokenAnswer(ENDPOINT, status, text);
      if (!outcome.ok) return outcome.fault.message.length < 600;
      const { value, lifetimeMs } = outcome.value;
      return /^[\x20-\x7e]+$/.test(value) && lifetimeMs >= 0 && lifetimeMs <= 86_400_000;
    }),
  );
});

/** Not all that fast-check makes can be written as JSON. */
function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value, (_, member) =>
      typeof member === 'bigint' ? String(member) : member,
    );
  } catch {
    return '{}';
  }
}
