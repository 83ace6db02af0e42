// TLS settings ready for use. Making one parses certificates and copies the trust store, which costs
// more than a whole handshake, so one is kept per list of authorities. Sessions are never kept: a
// probe must see the full handshake that a new client sees.

import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { type Fault, fault } from '@holdfast/kernel';
import { BoundedCache } from '../bounded-cache.ts';
import type { Outcome } from '../prober.ts';

/** Lists of own authorities in use at once; few installations have more than a handful. */
const CONTEXTS_MAX = 64;
/** Anything older is refused by common clients too. */
const VERSION_MIN = 'TLSv1.2';
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
/** Stands for "those that this Node trusts". */
const SYSTEM = '';

const contexts = new BoundedCache<string, Outcome<SecureContext>>(CONTEXTS_MAX);

export function secureContextFor(ca: string | undefined): Outcome<SecureContext> {
  const key = ca ?? SYSTEM;
  const known = contexts.get(key);
  if (known !== undefined) return known;
  const made = makeContext(ca);
  contexts.set(key, made);
  return made;
}

function makeContext(ca: string | undefined): Outcome<SecureContext> {
  try {
    if (ca !== undefined) requireCertificates(ca);
    const trust = ca === undefined ? {} : { ca };
    return { ok: true, value: createSecureContext({ ...trust, minVersion: VERSION_MIN }) };
  } catch (error) {
    return { ok: false, fault: unreadable(error) };
  }
}

/** Node passes over what it cannot read and then trusts nobody, which would be blamed on the target. */
function requireCertificates(pem: string): void {
  const blocks = pem.match(CERTIFICATE);
  if (blocks === null) throw new Error('there is no certificate in it');
  for (const block of blocks) new X509Certificate(block);
}

function unreadable(error: unknown): Fault {
  const reason = error instanceof Error ? error.message : String(error);
  return fault(
    'PROBER_INVALID_CHECK',
    `The authorities in tls.ca cannot be read: ${reason}.`,
    'tls',
  );
}
