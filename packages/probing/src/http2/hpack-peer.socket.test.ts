// Header blocks as another implementation writes them, with its table and its Huffman code: whatever
// fields it sends over one connection come out as they went in.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { systemClock } from '@holdfast/kernel';
import fc from 'fast-check';
import type { HeaderFields } from '../http/response-head.ts';
import { countOfSockets, until } from '../testing/condition.ts';
import { encodeFields } from './hpack-encoder.ts';
import { Http2Session } from './http2-session.ts';
import { plainStream } from './testing/plain-stream.ts';

const REQUEST = encodeFields({
  ':method': 'GET',
  ':scheme': 'http',
  ':authority': 'here',
  ':path': '/',
});

function ask(session: Http2Session): Promise<HeaderFields> {
  return new Promise((resolve, reject) => {
    let found: HeaderFields | undefined;
    const listener = {
      phase: undefined,
      sent() {},
      interim() {},
      head(_status: number, fields: HeaderFields) {
        found = fields;
      },
      data() {},
      trailers() {},
      ended: () => found !== undefined && resolve(found),
      failed: reject,
    };
    const begun = session.request(REQUEST, listener, false);
    if (!begun.ok) reject(begun.fault);
  });
}

test('what node:http2 encodes is read as it was, block after block', async () => {
  let answer: Record<string, string> = {};
  const server = createServer();
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.respond({ ':status': 200, ...answer }, { endStream: true });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const { port } = server.address() as AddressInfo;
  const session = new Http2Session(await plainStream(port), systemClock);
  after(() => session.close());
  const check = async (fields: Record<string, string>) => {
    answer = { ...fields };
    const { names, values } = await ask(session);
    const came = Object.fromEntries(names.map((name, at) => [name, values[at]]));
    assert.deepEqual(came, { ...answer, date: came.date });
  };
  // Each character amid short codes, so that the code is worth using for the whole.
  const all = Array.from({ length: 256 }, (_, code) => code).filter((code) => {
    return (code >= 0x20 && code < 0x7f) || code >= 0x80;
  });
  for (const code of all) {
    await check({ 'x-one': `${'a'.repeat(40)}${String.fromCharCode(code)}a` });
  }
  const name = fc.stringMatching(/^x-[a-z]{1,20}$/);
  const value = fc.stringMatching(/^[!-~]{1,80}$/);
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 12 }), (fields) => check(fields)),
    { numRuns: 150 },
  );
  session.close();
  server.close();
  await until(() => countOfSockets() === 0);
});
