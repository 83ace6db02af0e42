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
const MODERN = { minVersion: 'TLSv1.2' } as const;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
/**
 * What a probe offers when the version and the suite are what it asks about: as much as OpenSSL can
 * still speak. At security level 0 weak keys and signatures pass too, so whoever takes this judges
 * them afterwards.
 */
const OLD = { minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
/** Stands for "those that this Node trusts". */
const SYSTEM = '';

/** `modern`: what a careful client offers. `old`: also what only old peers take. */
export type TlsOffer = 'modern' | 'old';

const contexts = new BoundedCache<string, Outcome<SecureContext>>(CONTEXTS_MAX);

export function secureContextFor(
  ca: string | undefined,
  offer: TlsOffer = 'modern',
): Outcome<SecureContext> {
  const key = offer === 'modern' ? (ca ?? SYSTEM) : `${offer} ${ca ?? SYSTEM}`;
  const known = contexts.get(key);
  if (known !== undefined) return known;
  const made = makeContext(ca, offer);
  contexts.set(key, made);
  return made;
}

function makeContext(ca: string | undefined, offer: TlsOffer): Outcome<SecureContext> {
  try {
    if (ca !== undefined) requireCertificates(ca);
    const trust = ca === undefined ? {} : { ca };
    const limits = offer === 'old' ? OLD : MODERN;
    return { ok: true, value: createSecureContext({ ...trust, ...limits }) };
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
