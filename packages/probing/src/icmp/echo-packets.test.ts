import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { internetChecksum } from './checksum.ts';
import { readControlMessages } from './control-messages.ts';
import { type EchoNews, type ReceivedMessage, readEchoNews, readQueuedError } from './echo-news.ts';
import { type EchoRequest, PAYLOAD_BYTES_MIN, writeEchoRequest } from './echo-request.ts';

const HOST = Uint8Array.of(192, 0, 2, 1);
const ROUTER = Uint8Array.of(198, 51, 100, 7);
const HOST_V6 = Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

function packet(wish: Partial<EchoRequest> = {}): Buffer {
  const into = Buffer.alloc(70_000);
  const request: EchoRequest = {
    version: 4,
    identifier: 0x1234,
    sequence: 7,
    token: [0x01020304, 0xfffefdfc],
    sentSeconds: 1_767_225_600,
    sentNanoseconds: 5,
    payloadBytes: 16,
    ...wish,
  };
  return into.subarray(0, writeEchoRequest(into, request));
}

/** The answer that a host gives: the same bytes with the type of a reply. */
function replyTo(request: Buffer): Buffer {
  const reply = Buffer.from(request);
  const isV4 = reply[0] === 8;
  reply[0] = isV4 ? 0 : 129;
  if (!isV4) return reply;
  reply.writeUInt16BE(0, 2);
  reply.writeUInt16BE(internetChecksum(reply, 0, reply.length), 2);
  return reply;
}

function inIpv4(carried: Uint8Array, options = 0): Buffer {
  const header = Buffer.alloc(20 + options * 4);
  header[0] = 0x45 + options;
  header[9] = 1;
  header.set(HOST, 16);
  return Buffer.concat([header, carried]);
}

function errorAbout(quoted: Uint8Array, type = 3, code = 1): Buffer {
  const error = Buffer.concat([Buffer.from([type, code, 0, 0, 0, 0, 0, 0]), quoted]);
  error.writeUInt16BE(internetChecksum(error, 0, error.length), 2);
  return error;
}

function read(bytes: Uint8Array, wish: Partial<ReceivedMessage> = {}): EchoNews | undefined {
  return readEchoNews({ version: 4, bytes, withIpHeader: false, from: HOST, cut: false, ...wish });
}

test('the checksum of the example in RFC 1071 section 3', () => {
  const bytes = hex('00 01 f2 03 f4 f5 f6 f7');
  assert.equal(internetChecksum(bytes, 0, 8), ~0xddf2 & 0xffff);
});

test('the checksum of a packet that an ordinary ping sends', () => {
  // Type 8, code 0, identifier 1, sequence 1, payload `abcdefghijklmnopqrstuvwabcdefghi`.
  const payload = Buffer.from('abcdefghijklmnopqrstuvwabcdefghi').toString('hex');
  assert.equal(internetChecksum(hex(`0800 0000 0001 0001 ${payload}`), 0, 40), 0x4d5a);
});

test('a packet that holds its checksum sums to zero, of whatever length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 3000 }), (bytes) => {
      const even = Buffer.concat([Buffer.alloc(2), bytes]);
      even.writeUInt16BE(internetChecksum(even, 0, even.length), 0);
      assert.equal(internetChecksum(even, 0, even.length), 0);
    }),
  );
});

test('an echo request, byte by byte', () => {
  assert.deepEqual(packet(), hex('0800 c167 1234 0007 01020304 fffefdfc 6955b900 00000005'));
  assert.deepEqual(packet({ version: 6 }).subarray(0, 8), hex('8000 0000 1234 0007'));
  assert.equal(packet({ payloadBytes: 0 }).length, 8 + PAYLOAD_BYTES_MIN);
  assert.equal(packet({ payloadBytes: 56 }).length, 64);
  assert.equal(packet({ payloadBytes: 1e9 }).length, 65_515);
});

test('a reply to what was sent tells sequence, identifier and token', () => {
  const word = fc.integer({ min: 0, max: 0xffffffff });
  const half = fc.integer({ min: 0, max: 0xffff });
  const version = fc.constantFrom(4 as const, 6 as const);
  fc.assert(
    fc.property(version, half, half, word, word, (of, identifier, sequence, one, two) => {
      const token = [one, two] as const;
      const bytes = replyTo(packet({ version: of, identifier, sequence, token }));
      const news = read(bytes, { version: of });
      assert.deepEqual(
        [news?.kind, news?.identifier, news?.sequence, news?.token],
        ['reply', identifier, sequence, [one, two]],
      );
    }),
  );
});

test('a raw IPv4 socket gives the IP header too, with or without options', () => {
  for (const options of [0, 3, 10]) {
    const news = read(inIpv4(replyTo(packet()), options), { withIpHeader: true });
    assert.deepEqual([news?.kind, news?.sequence], ['reply', 7]);
  }
});

test('a damaged raw packet is nobody’s, unless its end was cut off by ourselves', () => {
  const damaged = inIpv4(replyTo(packet()));
  damaged[40] = 0xff;
  assert.equal(read(damaged, { withIpHeader: true }), undefined);
  assert.equal(read(damaged, { withIpHeader: true, cut: true })?.kind, 'reply');
});

test('our own request, coming by on loopback, says nothing', () => {
  assert.equal(read(packet()), undefined);
  assert.equal(read(packet({ version: 6 }), { version: 6 }), undefined);
});

test('an error names the packet it quotes and who says so', () => {
  for (const quotedBytes of [8, 24]) {
    const error = errorAbout(inIpv4(packet().subarray(0, quotedBytes)), 11, 0);
    const news = read(inIpv4(error), { withIpHeader: true, from: ROUTER });
    assert.deepEqual(
      [news?.kind, news?.type, news?.code, news?.sequence, news?.identifier],
      ['error', 11, 0, 7, 0x1234],
    );
    assert.deepEqual([news?.from, news?.destination], [ROUTER, Buffer.from(HOST)]);
    assert.deepEqual(news?.token, quotedBytes === 8 ? undefined : [0x01020304, 0xfffefdfc]);
  }
});

test('an error over IPv6', () => {
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header[6] = 58;
  header.set(HOST_V6, 24);
  const bytes = errorAbout(Buffer.concat([header, packet({ version: 6 })]), 1, 3);
  const news = read(bytes, { version: 6, from: HOST_V6 });
  assert.deepEqual([news?.kind, news?.sequence, news?.code], ['error', 7, 3]);
  assert.deepEqual(news?.destination, Buffer.from(HOST_V6));
});

test('errors about other things than echo requests say nothing', () => {
  const udp = inIpv4(packet());
  udp[9] = 17;
  const inner = [udp, inIpv4(replyTo(packet())), inIpv4(packet()).subarray(0, 25), Buffer.alloc(0)];
  for (const quoted of inner) assert.equal(read(errorAbout(quoted)), undefined);
});

test('an entry of the error queue quotes the request itself', () => {
  const error = { type: 3, code: 1, destination: HOST };
  const of = (bytes: Buffer) => readQueuedError({ version: 4, bytes, from: ROUTER }, error);
  assert.deepEqual([of(packet())?.sequence, of(packet())?.from], [7, ROUTER]);
  assert.equal(of(replyTo(packet())), undefined);
  assert.equal(of(packet().subarray(0, 7)), undefined);
});

test('whatever arrives, reading never throws', () => {
  const version = fc.constantFrom(4 as const, 6 as const);
  const start = fc.constantFrom('', '45000000', '4f', '60', '00', '03', '0b', '81', '01');
  const bytes = fc.uint8Array({ maxLength: 120 });
  fc.assert(
    fc.property(version, fc.boolean(), start, bytes, (of, withIpHeader, opening, rest) => {
      const whole = Buffer.concat([Buffer.from(opening, 'hex'), rest]);
      read(whole, { version: of, withIpHeader, cut: true });
      readQueuedError(
        { version: of, bytes: whole, from: HOST },
        { type: 3, code: 0, destination: HOST },
      );
    }),
    { numRuns: 2000 },
  );
});

function control(level: number, type: number, data: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(16 + data.length, 0);
  header.writeInt32LE(level, 8);
  header.writeInt32LE(type, 12);
  return Buffer.concat([header, data, Buffer.alloc((8 - (data.length % 8)) % 8)]);
}

test('control messages give time to live, receive time and queued errors', () => {
  const time = Buffer.alloc(16);
  time.writeUInt32LE(1_767_225_600, 0);
  time.writeUInt32LE(999_999_999, 8);
  const queued = Buffer.concat([
    hex('71000000 02 03 01 00 00000000 00000000 0200 0000'),
    ROUTER,
    Buffer.alloc(8),
  ]);
  const all = [
    control(1, 35, time),
    control(9, 9, Buffer.alloc(3)),
    control(0, 2, hex('39000000')),
  ];
  const facts = readControlMessages(Buffer.concat([...all, control(0, 11, queued)]));
  assert.deepEqual(facts, {
    ttl: 57,
    receivedSeconds: 1_767_225_600,
    receivedNanoseconds: 999_999_999,
    error: { type: 3, code: 1, from: Buffer.from(ROUTER) },
  });
  assert.equal(readControlMessages(control(41, 52, hex('40000000'))).ttl, 64);
});

test('control messages that lie about their length end the reading', () => {
  const lying = control(0, 2, hex('39000000'));
  for (const length of [0, 15, 25, 0xffffffff]) {
    lying.writeUInt32LE(length, 0);
    assert.deepEqual(readControlMessages(lying), {});
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 256 }), (bytes) => {
      readControlMessages(Buffer.from(bytes));
    }),
  );
});
