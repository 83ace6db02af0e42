import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CookieJar } from './cookie-jar.ts';

const NOW_MS = Date.UTC(2026, 0, 1);

function jarOf(
  fields: string[],
  url = 'https://www.example.test/a/b',
): (url: string) => string | undefined {
  const jar = new CookieJar();
  for (const field of fields) jar.store(field, new URL(url), NOW_MS);
  return (asked) => jar.header(new URL(asked));
}

test('a cookie without attributes goes to its host and the folder it came from', () => {
  const header = jarOf(['a=1']);
  assert.equal(header('https://www.example.test/a/c'), 'a=1');
  assert.equal(header('https://www.example.test/a'), 'a=1');
  assert.equal(header('https://www.example.test/ab'), undefined);
  assert.equal(header('https://example.test/a/'), undefined);
  assert.equal(header('https://x.www.example.test/a/'), undefined);
});

test('Domain widens to the parents that hold the host, and to nothing else', () => {
  const header = jarOf([
    'a=1; Domain=.Example.test; Path=/',
    'b=1; Domain=test',
    'c=1; Domain=other.test',
  ]);
  assert.equal(header('https://example.test/'), 'a=1');
  assert.equal(header('https://deep.www.example.test/'), 'a=1');
  assert.equal(header('https://badexample.test/'), undefined);
});

test('an address has no parents', () => {
  const header = jarOf(['a=1; Domain=0.0.1'], 'http://127.0.0.1/');
  assert.equal(header('http://127.0.0.1/'), undefined);
});

test('Secure is neither set nor sent without TLS', () => {
  assert.equal(jarOf(['a=1; Secure'])('http://www.example.test/a/'), undefined);
  assert.equal(jarOf(['a=1; Secure'], 'http://h.test/')('https://h.test/'), undefined);
  assert.equal(jarOf(['a=1; secure'], 'https://h.test/')('https://h.test/'), 'a=1');
});

test('longer paths go first, the last value of a name counts', () => {
  const header = jarOf(['a=1; Path=/', 'b=2; Path=/a', 'a=3; Path=/']);
  assert.equal(header('https://www.example.test/a/b'), 'b=2; a=3');
});

test('an expired cookie deletes, Max-Age counts before Expires', () => {
  const past = 'Thu, 01 Jan 1970 00:00:00 GMT';
  const at = 'https://www.example.test/a/b';
  assert.equal(jarOf(['a=1', `a=; Expires=${past}`])(at), undefined);
  assert.equal(jarOf(['a=1', 'a=; Max-Age=0'])(at), undefined);
  assert.equal(jarOf([`a=1; Expires=${past}; Max-Age=60`])(at), 'a=1');
  assert.equal(jarOf(['a=1; Expires=one day'])(at), 'a=1');
});

test('number and size are bounded, what is no cookie is dropped', () => {
  const many = jarOf(Array.from({ length: 60 }, (_, at) => `c${at}=1`))(
    'https://www.example.test/a/',
  );
  assert.equal(many?.split('; ').length, 50);
  assert.equal(
    jarOf([`a=${'x'.repeat(5000)}`, 'novalue', '=x', ' =x'])('https://www.example.test/a/'),
    undefined,
  );
});
