import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { GREETINGS } from './greetings.ts';
import { type Recognition, recognize } from './recognize.ts';

const KNOWN: [greeting: string, recognition: Recognition | undefined][] = [
  [
    'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n',
    { protocol: 'ssh', product: 'OpenSSH', version: '9.2p1' },
  ],
  ['SSH-2.0-dropbear_2022.83\r\n', { protocol: 'ssh', product: 'dropbear', version: '2022.83' }],
  ['SSH-2.0-Cisco-1.25\n', { protocol: 'ssh', product: 'Cisco', version: '1.25' }],
  ['Keep out.\r\nSSH-2.0-Go\r\n', { protocol: 'ssh', product: 'Go' }],
  ['SSH-1.99-\r\n', { protocol: 'ssh' }],
  ['220 mail.test ESMTP Postfix (Debian/GNU)\r\n', { protocol: 'smtp', product: 'Postfix' }],
  [
    '220-box.test ESMTP Exim 4.96.2 #2 Tue\r\n220 no spam\r\n',
    { protocol: 'smtp', product: 'Exim', version: '4.96.2' },
  ],
  ['421 4.3.2 smtp.test too busy\r\n', { protocol: 'smtp' }],
  ['220 (vsFTPd 3.0.3)\r\n', { protocol: 'ftp', product: 'vsFTPd', version: '3.0.3' }],
  ['220 ProFTPD Server (Debian) [::1]\r\n', { protocol: 'ftp', product: 'ProFTPD' }],
  ['220 welcome\r\n', undefined],
  ['* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n', { protocol: 'imap', product: 'Dovecot' }],
  [
    '* OK mail.test Cyrus IMAP 3.2.6-Debian server ready\r\n',
    { protocol: 'imap', product: 'Cyrus', version: '3.2.6' },
  ],
  ['+OK Dovecot ready.\r\n', { protocol: 'pop3', product: 'Dovecot' }],
  ['-ERR nothing to be known from\r\n', undefined],
  [
    'J\0\0\0\n8.0.36-0ubuntu0.22.04.1\0\x08\0\0\0',
    { protocol: 'mysql', product: 'MySQL', version: '8.0.36' },
  ],
  [
    'n\0\0\0\n5.5.5-10.11.6-MariaDB-0+deb12u1\0\x08\0\0\0',
    { protocol: 'mysql', product: 'MariaDB', version: '10.11.6' },
  ],
  [
    'n\0\0\0\n11.4.2-MariaDB\0\x08\0\0\0',
    { protocol: 'mysql', product: 'MariaDB', version: '11.4.2' },
  ],
  [
    "K\0\0\0\xff\x6a\x04Host '10.0.0.1' is not allowed to connect to this MariaDB server",
    { protocol: 'mysql', product: 'MariaDB' },
  ],
  ['-DENIED Redis is running in protected mode\r\n', { protocol: 'redis' }],
  ['-ERR max number of clients reached\r\n', { protocol: 'redis' }],
  ['RFB 003.008\n', { protocol: 'vnc', version: '003.008' }],
  ['\xff\xfd\x18\xff\xfd\x20login: ', { protocol: 'telnet' }],
  ['\x15\x03\x01\0\x02\x02\x28', { protocol: 'tls' }],
  ['AMQP\0\0\x09\x01', { protocol: 'amqp' }],
  ['E\0\0\0\x40SFATAL\0C57P03\0', { protocol: 'postgresql' }],
  [
    'HTTP/1.1 400 Bad Request\r\nServer: nginx/1.24.0\r\n\r\n',
    { protocol: 'http', version: '1.1', product: 'nginx' },
  ],
  ['@RSYNCD: 31.0\n', { protocol: 'rsync', version: '31.0' }],
  [
    'INFO {"server_id":"N","version":"2.10.1","proto":1}\r\n',
    { protocol: 'nats', version: '2.10.1' },
  ],
  [
    '"IMPLEMENTATION" "Dovecot Pigeonhole"\r\n',
    { protocol: 'sieve', product: 'Dovecot Pigeonhole' },
  ],
  ['200 news.test InterNetNews NNRP server\r\n', { protocol: 'nntp' }],
  ['', undefined],
  ['hello\r\n', undefined],
];
for (const [greeting, recognition] of KNOWN) {
  const name = recognition === undefined ? 'nothing' : Object.values(recognition).join(' ');
  test(`${JSON.stringify(greeting.slice(0, 40))} is ${name}`, () =>
    assert.deepEqual(recognize(Buffer.from(greeting, 'latin1')), recognition));
}

test('every entry of the table is the first that fits for some greeting here', () => {
  const used = new Set(
    KNOWN.map(([text]) => GREETINGS.find(({ says }) => says.test(text))?.says.source),
  );
  const unused = GREETINGS.filter(({ says }) => !used.has(says.source)).map(({ says }) => says);
  // svn and the POP3 refusal that names itself.
  assert.equal(unused.length, 2, String(unused));
});

test('whatever the bytes, recognizing ends at once, without throwing, and says short words', () => {
  const start = fc.constantFrom(...KNOWN.map(([text]) => text));
  const cut = fc.tuple(start, fc.nat(60), fc.string({ maxLength: 3000, unit: 'binary' }));
  const text = fc.oneof(
    fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
    cut.map(([head, length, tail]) => Buffer.from(head.slice(0, length) + tail, 'latin1')),
  );
  fc.assert(
    fc.property(text, (bytes) => {
      const { protocol = '', product = '', version = '' } = recognize(bytes) ?? {};
      for (const word of [protocol, product, version]) {
        assert.ok(word.length <= 64);
        assert.match(word, /^\P{Cc}*$/u);
      }
    }),
    { numRuns: 2000 },
  );
});

test('a flood that looks like a beginning costs nothing', () => {
  const began = performance.now();
  for (const flood of ['220-', '\nSSH-2.0-', '* OK ', 'INFO {', '220 '.padEnd(900, 'F')]) {
    recognize(Buffer.from(flood.repeat(100_000 / flood.length)));
  }
  assert.ok(performance.now() - began < 200);
});
