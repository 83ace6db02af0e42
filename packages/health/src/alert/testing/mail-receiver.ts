// A real SMTP server on loopback for socket tests: keeps the mails it takes, asks for a login where
// wanted and refuses as the test says.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface ReceivedMail {
  from: string;
  to: string[];
  secure: boolean;
  user: string | undefined;
  /** Header fields by lower-case name, unfolded. */
  headers: Map<string, string>;
  /** Decoded, lines ended by a line feed. */
  body: string;
}

export class MailReceiver {
  readonly mails: ReceivedMail[] = [];
  readonly #server: SMTPServer;

  constructor(options: SMTPServerOptions = {}) {
    this.#server = new SMTPServer({
      authOptional: true,
      logger: false,
      onData: (stream, session, done) => {
        void text(stream).then((raw) => {
          const [head = '', ...body] = raw.split('\r\n\r\n');
          const { mailFrom, rcptTo } = session.envelope;
          this.mails.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            secure: session.secure,
            user: session.user,
            headers: headersOf(head),
            body: bodyText(headersOf(head), body.join('\r\n\r\n')),
          });
          done();
        });
      },
      ...options,
    });
    // A client that hangs up is part of the tests.
    this.#server.on('error', () => {});
  }

  async listen(): Promise<void> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
  }

  url(credentials = '', scheme = 'smtp'): string {
    const { port } = this.#server.server.address() as AddressInfo;
    return `${scheme}://${credentials}127.0.0.1:${port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(resolve);
    await promise;
  }
}

function headersOf(head: string): Map<string, string> {
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}

function bodyText(headers: ReadonlyMap<string, string>, body: string): string {
  const lines = body.replaceAll('\r\n', '\n');
  if (headers.get('content-transfer-encoding') !== 'quoted-printable') return lines;
  // RFC 2045, 6.7: `=` at the end of a line joins it to the next, `=3D` is the byte 3D.
  const bytes = lines
    .replaceAll('=\n', '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
