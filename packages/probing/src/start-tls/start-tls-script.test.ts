// The machines alone: what peers say goes in, what we say comes out.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StartTlsProtocol } from '@holdfast/resources/compiled-check';
import fc from 'fast-check';
import { startTlsScript } from './start-tls-script.ts';

/** What the machine did at each line, ended at go or at a fault. */
function talk(
  protocol: StartTlsProtocol,
  lines: readonly string[],
  address = '192.0.2.1',
): string[] {
  const script = startTlsScript(protocol, address);
  const steps = script.opening === undefined ? [] : [script.opening];
  for (const line of lines) {
    const step = script.take(line);
    if (step === 'more') continue;
    if (typeof step === 'object' && 'send' in step) {
      steps.push(step.send.trimEnd());
      continue;
    }
    return [...steps, step === 'go' ? 'go' : step.fault.code];
  }
  return steps;
}

const SSL_REQUEST = '\x00\x00\x00\x08\x04\xd2\x16\x2f';
const TALKS: [StartTlsProtocol, string[], string[]][] = [
  [
    'smtp',
    ['220-hello', '220 there', '250-me', '250-SIZE 10', '250-starttls', '250 HELP', '220 go'],
    ['EHLO [192.0.2.1]', 'STARTTLS', 'go'],
  ],
  ['smtp', ['220 hi', '250 STARTTLS', '220'], ['EHLO [192.0.2.1]', 'STARTTLS', 'go']],
  ['smtp', ['220 hi', '250-STARTTLSX', '250 OK'], ['EHLO [192.0.2.1]', 'REFUSED_BY_SERVER']],
  ['smtp', ['220-STARTTLS', '220 hi', '250 OK'], ['EHLO [192.0.2.1]', 'REFUSED_BY_SERVER']],
  ['smtp', ['554 go away'], ['REFUSED_BY_SERVER']],
  [
    'smtp',
    ['220 hi', '250 STARTTLS', '454 not now'],
    ['EHLO [192.0.2.1]', 'STARTTLS', 'REFUSED_BY_SERVER'],
  ],
  ['smtp', ['SSH-2.0-x'], ['PROTOCOL_INVALID_ANSWER']],
  ['imap', ['* OK hi', '* CAPABILITY IMAP4', 'a1 OK begin'], ['a1 STARTTLS', 'go']],
  ['imap', ['* PREAUTH hi'], ['REFUSED_BY_SERVER']],
  ['imap', ['* OK hi', 'a1 BAD what'], ['a1 STARTTLS', 'REFUSED_BY_SERVER']],
  ['imap', ['* OK hi', 'a2 OK'], ['a1 STARTTLS', 'PROTOCOL_INVALID_ANSWER']],
  ['pop3', ['+OK hi', '+OK begin'], ['STLS', 'go']],
  ['pop3', ['+OK hi', '-ERR no'], ['STLS', 'REFUSED_BY_SERVER']],
  ['pop3', ['+OKAY'], ['PROTOCOL_INVALID_ANSWER']],
  ['ftp', ['220-hi', ' there', '221 is not it', '220 ready', '234 go'], ['AUTH TLS', 'go']],
  ['ftp', ['220 hi', '502 no'], ['AUTH TLS', 'REFUSED_BY_SERVER']],
  ['ftp', ['hi'], ['PROTOCOL_INVALID_ANSWER']],
  ['postgres', ['S'], [SSL_REQUEST, 'go']],
  ['postgres', ['N'], [SSL_REQUEST, 'REFUSED_BY_SERVER']],
  ['postgres', ['E'], [SSL_REQUEST, 'PROTOCOL_INVALID_ANSWER']],
];
for (const [protocol, lines, steps] of TALKS) {
  test(`${protocol}: ${lines.join(' / ')}`, () => assert.deepEqual(talk(protocol, lines), steps));
}

test('SMTP names an IPv6 client as the standard asks', () => {
  assert.deepEqual(talk('smtp', ['220 hi'], '2001:db8::1'), ['EHLO [IPv6:2001:db8::1]']);
});

test('no line makes a machine throw', () => {
  const protocol = fc.constantFrom<StartTlsProtocol>('smtp', 'imap', 'pop3', 'ftp', 'postgres');
  const start = fc.constantFrom('', '220', '220-', '250 ', '* OK', 'a1 OK', '+OK', '-ERR', '234');
  const line = fc.tuple(start, fc.string()).map(([head, tail]) => head + tail);
  fc.assert(fc.property(protocol, fc.array(line), (one, lines) => void talk(one, lines)));
});
