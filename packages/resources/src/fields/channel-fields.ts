// Where alerts go: web addresses, mail servers, mail addresses. Placeholders stay as written.

import { demand } from './demand.ts';
import { provenText } from './proven-text.ts';
import { addressFault } from './web-address-field.ts';

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
