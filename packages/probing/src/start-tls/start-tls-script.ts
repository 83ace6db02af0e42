// What is said in plain before TLS begins, for each protocol as a small machine: a unit of what the
// peer says goes in (a line without its end, or one byte), the next step comes out. Machines know no
// sockets and no time. A peer that cannot do TLS is a refusal; what makes no sense is a fault of the
// protocol. Nothing but the wish for TLS is ever said.

import { type Fault, fault } from '@holdfast/kernel';
import type { StartTlsProtocol } from '@holdfast/resources/compiled-check';

/** `go`: TLS begins now; the peer must not have said anything more. */
export type StartTlsStep = 'more' | 'go' | { send: string } | { fault: Fault };

export interface StartTlsScript {
  readonly unit: 'line' | 'byte';
  /** Said before the peer says anything. Bytes as latin1. */
  readonly opening?: string;
  take(unit: string): StartTlsStep;
}

/** `localAddress`: how SMTP introduces a client without a name (RFC 5321 section 4.1.3). */
export function startTlsScript(protocol: StartTlsProtocol, localAddress: string): StartTlsScript {
  switch (protocol) {
    case 'smtp':
      return smtp(localAddress);
    case 'imap':
      return imap();
    case 'pop3':
      return pop3();
    case 'ftp':
      return ftp();
    case 'postgres':
      return postgres();
  }
}

const SHOWN_LENGTH_MAX = 200;
/** `220-text` goes on, `220 text` and a bare `220` end an answer. */
const CODED_LINE = /^(\d{3})(?:([ -])(.*))?$/;
/** SSLRequest: its length, then 1234 and 5679 (PostgreSQL, "Message Formats"). */
const SSL_REQUEST = '\x00\x00\x00\x08\x04\xd2\x16\x2f';

/** RFC 3207. */
function smtp(localAddress: string): StartTlsScript {
  const literal = localAddress.includes(':') ? `IPv6:${localAddress}` : localAddress;
  let offered = false;
  let said = '';
  return {
    unit: 'line',
    take(line) {
      const [, code, mark, text = ''] = CODED_LINE.exec(line) ?? [];
      if (code === undefined) return invalid('smtp', line);
      if (said === 'EHLO') offered ||= /^STARTTLS\s*$/i.test(text);
      if (mark === '-') return 'more';
      if (code !== (said === 'EHLO' ? '250' : '220')) return refused(said, line);
      if (said === 'STARTTLS') return 'go';
      if (said === 'EHLO' && !offered) return refused('EHLO', 'STARTTLS is not among its answers');
      said = said === '' ? 'EHLO' : 'STARTTLS';
      return { send: said === 'EHLO' ? `EHLO [${literal}]\r\n` : 'STARTTLS\r\n' };
    },
  };
}

/** RFC 9051 section 6.2.1. */
function imap(): StartTlsScript {
  let greeted = false;
  return {
    unit: 'line',
    take(line) {
      if (greeted) {
        if (line.startsWith('* ')) return 'more';
        if (/^a1 OK(?: |$)/i.test(line)) return 'go';
        return /^a1 (?:NO|BAD)(?: |$)/i.test(line)
          ? refused('STARTTLS', line)
          : invalid('imap', line);
      }
      greeted = true;
      if (/^\* OK(?: |$)/i.test(line)) return { send: 'a1 STARTTLS\r\n' };
      return /^\* (?:BYE|PREAUTH)(?: |$)/i.test(line) ? refused('', line) : invalid('imap', line);
    },
  };
}

/** RFC 2595 section 4. */
function pop3(): StartTlsScript {
  let greeted = false;
  return {
    unit: 'line',
    take(line) {
      if (/^-ERR(?: |$)/.test(line)) return refused(greeted ? 'STLS' : '', line);
      if (!/^\+OK(?: |$)/.test(line)) return invalid('pop3', line);
      if (greeted) return 'go';
      greeted = true;
      return { send: 'STLS\r\n' };
    },
  };
}

/** RFC 4217 section 4; lines within an answer need not be coded (RFC 959 section 4.2). */
function ftp(): StartTlsScript {
  let greeted = false;
  let open: string | undefined;
  return {
    unit: 'line',
    take(line) {
      const [, code, mark] = CODED_LINE.exec(line) ?? [];
      if (open !== undefined && (code !== open || mark === '-')) return 'more';
      if (code === undefined) return invalid('ftp', line);
      if (mark === '-') {
        open = code;
        return 'more';
      }
      open = undefined;
      if (code !== (greeted ? '234' : '220')) return refused(greeted ? 'AUTH TLS' : '', line);
      if (greeted) return 'go';
      greeted = true;
      return { send: 'AUTH TLS\r\n' };
    },
  };
}

function postgres(): StartTlsScript {
  return {
    unit: 'byte',
    opening: SSL_REQUEST,
    take(byte) {
      if (byte === 'S') return 'go';
      return byte === 'N'
        ? refused('the wish for TLS', 'N: it is built or set up without TLS')
        : invalid('postgres', byte);
    },
  };
}

function refused(to: string, answer: string): StartTlsStep {
  const what = to === '' ? 'greeted with' : `answered ${to} with`;
  return {
    fault: fault(
      'REFUSED_BY_SERVER',
      `The server ${what}: ${shown(answer)}.`,
      'wait',
      'Turn TLS on in the server, or check that the port is the one that offers STARTTLS.',
    ),
  };
}

function invalid(protocol: StartTlsProtocol, line: string): StartTlsStep {
  const message = `This is not what an ${protocol} server says: ${shown(line)}.`;
  return { fault: fault('PROTOCOL_INVALID_ANSWER', message, 'wait') };
}

/** As a JSON text, so that control characters do no harm where it is shown. */
function shown(text: string): string {
  return JSON.stringify(text.slice(0, SHOWN_LENGTH_MAX));
}
