// Where alerts go: web addresses, mail servers, mail addresses. Placeholders stay as written; what
// holds one can only be read in part until it is filled in.

import { demand } from './demand.ts';
import { PLACEHOLDER, placeholderFault } from './header-field.ts';
import { provenText } from './proven-text.ts';

const URL_WANTED = demand('must be a web address', 'write url: https://hooks.example.com/alerts');
const SERVER_WANTED = demand(
  'must be a mail server',
  'write server: smtp://user:password@mail.example.com:587',
);
const ADDRESS_WANTED = demand('must be a mail address', 'write it like oncall@example.com');
const ADDRESS = /^(?:[^<>@\r\n]*<[^\s<>@,;]+@[^\s<>@,;]+>|[^\s<>@,;]+@[^\s<>@,;]+)$/;

export const webhookUrlField = provenText(URL_WANTED, (text) =>
  addressFault(text, ['http:', 'https:'], URL_WANTED),
);

export const smtpServerField = provenText(SERVER_WANTED, (text) =>
  addressFault(text, ['smtp:', 'smtps:'], SERVER_WANTED),
);

export const addressField = provenText(ADDRESS_WANTED, (text) =>
  text.length <= 320 && ADDRESS.test(text) ? undefined : ADDRESS_WANTED,
);

/** A placeholder may stand for any part, so it is read as a letter, and a leading one as an address. */
function addressFault(
  text: string,
  schemes: readonly string[],
  wanted: string,
): string | undefined {
  const unknown = placeholderFault(text);
  if (unknown !== undefined) return unknown;
  if (/^\$\{/.test(text)) return undefined;
  const filled = text.replaceAll(PLACEHOLDER, '1');
  if (/[\s\p{Cc}]/u.test(text.replaceAll(PLACEHOLDER, '')) || !URL.canParse(filled)) return wanted;
  const { protocol, hostname, port } = new URL(filled);
  if (hostname === '') return wanted;
  if (port === '0') return demand('has port 0', 'write a port of 1 to 65535');
  return schemes.includes(protocol) ? undefined : wanted;
}
