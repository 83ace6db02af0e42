// Which protocol a peer speaks, by what it says first, and with which product when it tells. Only the
// beginning is looked at, nothing is ever sent, and what is not known for certain is not said: a
// wrong name at night costs more than none.

import { GREETINGS, type Greeting } from './greetings.ts';
import { printable } from './peer-text.ts';

export interface Recognition {
  /** Such as `ssh`, `smtp`, `mysql`. */
  protocol: string;
  product?: string;
  version?: string;
}

const LOOKED_AT_BYTES = 1024;
const WORD_LENGTH_MAX = 64;

/** undefined = not known. Never throws, whatever the bytes are. */
export function recognize(bytes: Buffer): Recognition | undefined {
  const text = bytes.toString('latin1', 0, LOOKED_AT_BYTES);
  for (const greeting of GREETINGS) {
    const match = greeting.says.exec(text);
    if (match !== null) return recognition(greeting, match, text);
  }
  return undefined;
}

function recognition(greeting: Greeting, match: RegExpExecArray, text: string): Recognition {
  const { protocol, products = [] } = greeting;
  const found: Recognition = { protocol };
  const add = (product: string | undefined, version: string | undefined) => {
    if (product !== undefined && product !== '')
      found.product = printable(product, WORD_LENGTH_MAX);
    if (version !== undefined && version !== '')
      found.version = printable(version, WORD_LENGTH_MAX);
  };
  add(match.groups?.product, match.groups?.version);
  for (const [says, product] of products) {
    const named = says.exec(text);
    if (named === null) continue;
    add(product, named.groups?.version);
    break;
  }
  return found;
}
