import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { BodyCollector } from './body-collector.ts';
import { HeaderFields } from './response-head.ts';

function collected(
  body: Buffer,
  headers: Record<string, string>,
  { keep = true, max = 10_000 } = {},
) {
  const fields = new HeaderFields();
  for (const [name, value] of Object.entries(headers)) fields.add(name, value);
  const collector = new BodyCollector({ bodyBytesMax: max }, keep);
  collector.begin({ status: 200, httpVersion: '1.1', headers: fields });
  collector.take(body.subarray(0, 3));
  collector.take(body.subarray(3));
  return collector;
}

test('keeps a copy, so that the reader may use its buffer again', () => {
  const buffer = Buffer.from('hello');
  const body = collected(buffer, {});
  buffer.fill('x');
  assert.equal(body.text(), 'hello');
});

test('nobody looks at it: everything is counted, only the beginning is kept', () => {
  const body = collected(
    Buffer.alloc(5000, 'a'),
    { 'content-type': 'text/plain' },
    { keep: false },
  );
  assert.deepEqual([body.length, body.text().length, body.excerpt()?.length], [5000, 512, 512]);
});

const text = 'hold fast '.repeat(50);
const codings: [string, Buffer][] = [
  ['gzip', gzipSync(text)],
  ['X-Gzip', gzipSync(text)],
  ['deflate', deflateSync(text)],
  ['deflate', deflateRawSync(text)],
  ['br', brotliCompressSync(text)],
];
for (const [coding, bytes] of codings) {
  test(`undoes ${coding}, also when nobody looks at the body`, async () => {
    const body = collected(bytes, { 'content-encoding': coding }, { keep: false });
    assert.equal(await body.finish(), undefined);
    assert.deepEqual([body.length, body.text()], [text.length, text]);
  });
}

test('a small answer cannot swell over the limit', async () => {
  const bomb = gzipSync(Buffer.alloc(10_000_000));
  const body = collected(bomb, { 'content-encoding': 'gzip' }, { max: 20_000 });
  assert.equal((await body.finish())?.code, 'PROTOCOL_LIMIT_EXCEEDED');
});

test('broken, unknown and stacked codings are invalid answers', async () => {
  for (const [coding, bytes] of [
    ['gzip', Buffer.from('not gzip')],
    ['deflate', Buffer.from('x')],
    ['constructor', Buffer.from('xyz')],
    ['gzip, br', Buffer.from('xyz')],
  ] as const) {
    const failure = await collected(bytes, { 'content-encoding': coding }).finish();
    assert.equal(failure?.code, 'PROTOCOL_INVALID_ANSWER', coding);
  }
});

test('texts are read in their charset, an unknown one as UTF-8', () => {
  const latin = Buffer.from('gr\xfc\xdfe', 'latin1');
  assert.equal(
    collected(latin, { 'content-type': 'text/plain; charset=ISO-8859-1' }).text(),
    'grüße',
  );
  const utf8 = Buffer.from('grüße');
  assert.equal(
    collected(utf8, { 'content-type': 'text/plain; charset="klingon"' }).text(),
    'grüße',
  );
});

test('an excerpt is given of texts only', () => {
  const body = Buffer.from('{"a": 1}');
  assert.equal(
    collected(body, { 'content-type': 'application/problem+json' }).excerpt(),
    '{"a": 1}',
  );
  assert.equal(collected(body, {}).excerpt(), '{"a": 1}');
  assert.equal(collected(body, { 'content-type': 'image/png' }).excerpt(), undefined);
  assert.equal(collected(Buffer.from([1, 0, 2, 3]), {}).excerpt(), undefined);
  assert.equal(collected(Buffer.alloc(0), {}).excerpt(), undefined);
});
