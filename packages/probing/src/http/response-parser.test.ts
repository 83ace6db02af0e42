import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ResponseHead } from './response-head.ts';
import { ResponseParser } from './response-parser.ts';

interface Parsed {
  status?: number;
  httpVersion?: string;
  headers?: string[];
  body: string;
  code?: string;
  ended: boolean;
}

const LIMIT = 100_000;

function parse(
  pieces: readonly Buffer[],
  { method = 'GET', closed = true, wanted = true } = {},
): Parsed {
  let head: ResponseHead | undefined;
  let body = '';
  const parser = new ResponseParser(method, LIMIT, {
    head(seen) {
      head = seen;
      return wanted;
    },
    body(bytes) {
      body += bytes.toString('latin1');
    },
  });
  for (const piece of pieces) parser.feed(piece);
  const ended = parser.ended;
  if (closed) parser.close();
  const parsed: Parsed = { body, ended };
  if (head !== undefined) {
    parsed.status = head.status;
    parsed.httpVersion = head.httpVersion;
    parsed.headers = head.headers.names.map((name, at) => `${name}: ${head?.headers.values[at]}`);
  }
  if (parser.problem !== undefined) parsed.code = parser.problem.code;
  return parsed;
}

const parseText = (text: string, options = {}) => parse([Buffer.from(text, 'latin1')], options);

/** Answers of every framing, whole and broken, with what is to be read of them. */
const SAMPLES: [name: string, text: string, wanted: Partial<Parsed>][] = [
  [
    'length',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    { status: 200, body: 'hello', ended: true },
  ],
  [
    'bytes after the end',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello',
    { body: 'he', ended: true },
  ],
  [
    'no length',
    'HTTP/1.0 200 OK\r\n\r\nuntil the end',
    { httpVersion: '1.0', body: 'until the end', ended: false },
  ],
  [
    'chunks',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=b\r\nabc\r\n00A \r\n0123456789\r\n0\r\nX: y\r\n\r\n',
    { body: 'abc0123456789', ended: true },
  ],
  ['lone line feeds', 'HTTP/1.1 200 OK\nA:b\n\nbody', { headers: ['a: b'], body: 'body' }],
  ['no reason', 'HTTP/1.1 204\r\n\r\n', { status: 204, ended: true }],
  [
    'no body by status',
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 50\r\n\r\n',
    { status: 304, body: '', ended: true },
  ],
  [
    'interim answers',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    { status: 200, headers: ['content-length: 0'], ended: true },
  ],
  [
    'the same length twice',
    'HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\nContent-Length: 2\r\n\r\nab',
    { body: 'ab', ended: true },
  ],
  [
    'values are kept apart and trimmed',
    'HTTP/1.1 200 OK\r\nSet-Cookie: \t a=1 \t\r\nset-cookie:b=2\r\nEmpty:\r\n\r\n',
    { headers: ['set-cookie: a=1', 'set-cookie: b=2', 'empty: '] },
  ],
  ['bytes above ASCII', 'HTTP/1.1 200 \xdcbel\r\nA: \xfc\r\n\r\n', { headers: ['a: \xfc'] }],
  [
    'both framings',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n',
    { code: 'PROTOCOL_INVALID_ANSWER' },
  ],
  [
    'differing lengths',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc',
    { code: 'PROTOCOL_INVALID_ANSWER' },
  ],
  [
    'a length that is none',
    'HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n',
    { code: 'PROTOCOL_INVALID_ANSWER' },
  ],
  [
    'an unknown transfer coding',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n',
    { code: 'PROTOCOL_INVALID_ANSWER' },
  ],
  [
    'chunks in HTTP/1.0',
    'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    { code: 'PROTOCOL_INVALID_ANSWER' },
  ],
  ['a folded header', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n', { code: 'PROTOCOL_INVALID_ANSWER' }],
  [
    'a space before the colon',
    'HTTP/1.1 200 OK\r\nA : b\r\n\r\n',
    { code: 'PROTOCOL_INVALID_ANSWER' },
  ],
  [
    'a carriage return in a value',
    'HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n',
    { code: 'PROTOCOL_INVALID_ANSWER' },
  ],
  [
    'two carriage returns',
    'HTTP/1.1 200 OK\r\nA: b\r\r\n\r\n',
    { code: 'PROTOCOL_INVALID_ANSWER' },
  ],
  ['a NUL', 'HTTP/1.1 200 OK\r\nA: b\0\r\n\r\n', { code: 'PROTOCOL_INVALID_ANSWER' }],
  ['a status that is none', 'HTTP/1.1 099 No\r\n\r\n', { code: 'PROTOCOL_INVALID_ANSWER' }],
  ['HTTP/2 in letters', 'HTTP/2.0 200 OK\r\n\r\n', { code: 'PROTOCOL_INVALID_ANSWER' }],
  [
    'a chunk size that is none',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
    { code: 'PROTOCOL_INVALID_ANSWER' },
  ],
  [
    'a chunk that is longer than its size',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n',
    { code: 'PROTOCOL_INVALID_ANSWER', body: 'a' },
  ],
  [
    'a chunk line without end',
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(2000)}`,
    { code: 'PROTOCOL_INVALID_ANSWER' },
  ],
  [
    'a head over the limit',
    `HTTP/1.1 200 OK\r\nA: ${'x'.repeat(70_000)}\r\n\r\n`,
    { code: 'PROTOCOL_LIMIT_EXCEEDED' },
  ],
  ['something else over the limit', 'x'.repeat(70_000), { code: 'PROTOCOL_INVALID_ANSWER' }],
  [
    'too many headers',
    `HTTP/1.1 200 OK\r\n${'a:\r\n'.repeat(201)}\r\n`,
    { code: 'PROTOCOL_LIMIT_EXCEEDED' },
  ],
  [
    'too many interim answers',
    'HTTP/1.1 100 Continue\r\n\r\n'.repeat(4000),
    { code: 'PROTOCOL_LIMIT_EXCEEDED' },
  ],
  [
    'a length over the limit',
    `HTTP/1.1 200 OK\r\nContent-Length: ${LIMIT + 1}\r\n\r\n`,
    { code: 'PROTOCOL_LIMIT_EXCEEDED', body: '' },
  ],
  ['a close before anything', '', { code: 'PROTOCOL_CLOSED_EARLY' }],
  ['a close within the status', 'HTTP/1.', { code: 'PROTOCOL_CLOSED_EARLY' }],
  [
    'a close within the trailers',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n',
    { code: 'PROTOCOL_CLOSED_EARLY', body: 'a' },
  ],
];

for (const [name, text, wanted] of SAMPLES) {
  test(`reads ${name}`, () => {
    const parsed = parseText(text);
    for (const [key, value] of Object.entries(wanted)) {
      assert.deepEqual(parsed[key as keyof Parsed], value, key);
    }
    if (wanted.code === undefined) assert.equal(parsed.code, undefined);
  });
}

test('the answer to HEAD has no body, whatever its length says', () => {
  const parsed = parseText('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', { method: 'HEAD' });
  assert.deepEqual([parsed.ended, parsed.code], [true, undefined]);
});

test('a body that is not wanted is not read', () => {
  const parsed = parseText('HTTP/1.1 302 Go\r\nContent-Length: 5\r\n\r\nhello', { wanted: false });
  assert.deepEqual([parsed.ended, parsed.body], [true, '']);
});

test('another protocol is told from its first bytes, before any line ends', () => {
  assert.equal(parseText('\x16\x03\x01', { closed: false }).code, 'PROTOCOL_INVALID_ANSWER');
  assert.equal(parseText('HTTP/1', { closed: false }).code, undefined);
});

test('a body over the limit ends the reading, also when no length was said', () => {
  const body = Buffer.alloc(LIMIT + 1, 'x');
  const parsed = parse([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), body], { closed: false });
  assert.deepEqual([parsed.code, parsed.ended], ['PROTOCOL_LIMIT_EXCEEDED', true]);
});

test('any split of the bytes reads the same', () => {
  const sample = fc.constantFrom(...SAMPLES.map(([, text]) => Buffer.from(text, 'latin1')));
  const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 30 });
  fc.assert(
    fc.property(sample, cuts, (bytes, lengths) => {
      assert.deepEqual(parse(split(bytes, lengths)), parse([bytes]));
    }),
    { numRuns: 2000 },
  );
});

test('byte by byte reads the same', () => {
  for (const [name, text] of SAMPLES) {
    const bytes = Buffer.from(text, 'latin1');
    const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    assert.deepEqual(parse(single), parse([bytes]), name);
  }
});

test('random bytes never throw, and read the same however they are cut', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom(
        'HTTP/1.1 200 OK',
        '\r\n',
        '\n',
        ': ',
        'Content-Length: 3',
        'Transfer-Encoding: chunked',
        '\r\n\r\n',
        '3',
        'abc',
        '0',
      )
      .map((text) => Buffer.from(text)),
  );
  const answer = fc.array(piece, { maxLength: 25 }).map((pieces) => Buffer.concat(pieces));
  const start = fc.constantFrom(
    '',
    'HTTP/1.1 200 OK\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
  );
  fc.assert(
    fc.property(start, answer, fc.array(fc.nat({ max: 20 })), (beginning, rest, cuts) => {
      const bytes = Buffer.concat([Buffer.from(beginning), rest]);
      assert.deepEqual(parse(split(bytes, cuts)), parse([bytes]));
    }),
    { numRuns: 3000 },
  );
});

test('a chunked body comes out as it went in', () => {
  const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 20 });
  fc.assert(
    fc.property(chunks, fc.array(fc.nat({ max: 100 })), (parts, cuts) => {
      const encoded = parts.map((part) => [
        Buffer.from(`${part.length.toString(16)}\r\n`),
        part,
        Buffer.from('\r\n'),
      ]);
      const head = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const bytes = Buffer.concat([head, ...encoded.flat(), Buffer.from('0\r\n\r\n')]);
      const parsed = parse(split(bytes, cuts));
      assert.deepEqual(
        [parsed.body, parsed.ended],
        [Buffer.concat(parts).toString('latin1'), true],
      );
    }),
  );
});

/** Pieces of the given lengths, the rest as the last. */
function split(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const length of lengths) {
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return [...pieces, bytes.subarray(at)];
}
