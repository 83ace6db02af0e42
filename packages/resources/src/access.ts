// Access tokens of a namespace: whoever holds one may do what its role says, there and nowhere else.
// A token is shown once, to who makes it; what is written anywhere is its hash alone. Has no imports
// that weigh anything.

import { createHash } from 'node:crypto';

/**
 * `reader` sees, `writer` also applies and deletes checks and asks for runs, `service` joins
 * coordination inside its namespace. `agent` measures at its locations the checks of all namespaces: it
 * is for machines of the house, and only who may write a Namespace can grant it. Who may do all is the server's own
 * token, which no namespace gives.
 */
export const ACCESS_ROLES = ['reader', 'writer', 'agent', 'service'] as const;
export type AccessRole = (typeof ACCESS_ROLES)[number];

export interface CompiledAccess {
  namespace: string;
  /** Unique in its namespace; stands in histories. */
  name: string;
  role: AccessRole;
  /** Of the token, in small hexadecimal digits. */
  sha256: string;
  /** Of agents; absent: any. */
  locations?: string[];
}

const TOKEN_PREFIX = 'hf_';
/** Nobody finds the token of a hash by trying: no salt, no slow hash is needed. */
const TOKEN_BYTES = 32;

/** Of 32 bytes of the system's own chance; the prefix lets scanners find tokens that leaked. */
export function accessToken(random: Uint8Array): string {
  if (random.length !== TOKEN_BYTES) throw new TypeError(`a token is made of ${TOKEN_BYTES} bytes`);
  return `${TOKEN_PREFIX}${Buffer.from(random).toString('base64url')}`;
}

/** What stands in `access` of a namespace. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
