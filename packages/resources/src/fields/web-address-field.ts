// Addresses that may hold placeholders. These stay as written; what holds one can only be read in part
// until it is filled in.

import { demand } from './demand.ts';
import {
  CHECK_PLACEHOLDER,
  checkPlaceholderFault,
  PLACEHOLDER,
  placeholderFault,
} from './placeholder.ts';
import { provenText } from './proven-text.ts';

/** Of checks and tokens: http or https. */
export function webAddressField(field: string, example: string) {
  const wanted = demand('must be a web address', `write ${field}: ${example}`);
  return provenText(
    wanted,
    (text) => checkPlaceholderFault(text) ?? readFault(text, WEB, wanted, CHECK_PLACEHOLDER),
  );
}

const WEB = ['http:', 'https:'];

/** Of channels. */
export function addressFault(
  text: string,
  schemes: readonly string[],
  wanted: string,
): string | undefined {
  return placeholderFault(text) ?? readFault(text, schemes, wanted, PLACEHOLDER);
}

/** A placeholder may stand for any part, so it is read as a letter, and a leading one as an address. */
function readFault(
  text: string,
  schemes: readonly string[],
  wanted: string,
  placeholder: RegExp,
): string | undefined {
  if (/^\$\{/.test(text)) return undefined;
  const filled = text.replaceAll(placeholder, '1');
  if (/[\s\p{Cc}]/u.test(text.replaceAll(placeholder, '')) || !URL.canParse(filled)) return wanted;
  const { protocol, hostname, port } = new URL(filled);
  if (hostname === '') return wanted;
  if (port === '0') return demand('has port 0', 'write a port of 1 to 65535');
  return schemes.includes(protocol) ? undefined : wanted;
}
