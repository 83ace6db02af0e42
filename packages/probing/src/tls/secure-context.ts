// TLS settings ready for use. Making one parses certificates and copies the trust store, which costs
// more than a whole handshake, so one is kept per list of authorities and per certificate of our own.
// Private keys are kept in no other form than OpenSSL's: what is remembered of their text is a hash.
// Sessions are never kept: a probe must see the full handshake that a new client sees.

import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { type Fault, fault } from '@holdfast/kernel';
import type { ClientCertificate } from '@holdfast/resources/compiled-check';
import { BoundedCache } from '../bounded-cache.ts';
import type { Outcome } from '../prober.ts';

/** Lists of own authorities and own certificates in use at once; few installations have more than a handful. */
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

/** `client` with its placeholders filled. */
export function secureContextFor(
  ca: string | undefined,
  offer: TlsOffer = 'modern',
  client?: ClientCertificate,
): Outcome<SecureContext> {
  const key = contextKey(ca ?? SYSTEM, offer, client);
  const known = contexts.get(key);
  if (known !== undefined) return known;
  const made = makeContext(ca, offer, client);
  contexts.set(key, made);
  return made;
}

function contextKey(ca: string, offer: TlsOffer, client: ClientCertificate | undefined): string {
  if (client === undefined) return offer === 'modern' ? ca : `${offer} ${ca}`;
  const texts = JSON.stringify([offer, ca, client.certificate, client.key]);
  return createHash('sha256').update(texts).digest('base64');
}

function makeContext(
  ca: string | undefined,
  offer: TlsOffer,
  client: ClientCertificate | undefined,
): Outcome<SecureContext> {
  const problem = authoritiesProblem(ca) ?? clientProblem(client);
  if (problem !== undefined) return { ok: false, fault: problem };
  const trust = ca === undefined ? {} : { ca };
  const shown = client === undefined ? {} : { cert: client.certificate, key: client.key };
  const limits = offer === 'old' ? OLD : MODERN;
  try {
    return { ok: true, value: createSecureContext({ ...trust, ...shown, ...limits }) };
  } catch (error) {
    const part = client === undefined ? 'The authorities in tls.ca' : 'The client certificate';
    return { ok: false, fault: unusable(part, error) };
  }
}

/** Node passes over what it cannot read and then trusts nobody, which would be blamed on the target. */
function authoritiesProblem(ca: string | undefined): Fault | undefined {
  return ca === undefined ? undefined : certificatesProblem('The authorities in tls.ca', ca);
}

function clientProblem(client: ClientCertificate | undefined): Fault | undefined {
  if (client === undefined) return undefined;
  return (
    certificatesProblem('The certificate in tls.client', client.certificate) ??
    keyProblem(client.certificate, client.key)
  );
}

function certificatesProblem(part: string, pem: string): Fault | undefined {
  const blocks = pem.match(CERTIFICATE);
  try {
    if (blocks === null) throw new Error('there is no certificate in it');
    for (const block of blocks) new X509Certificate(block);
    return undefined;
  } catch (error) {
    return unusable(part, error);
  }
}

function keyProblem(certificate: string, key: string): Fault | undefined {
  try {
    const [leaf = ''] = certificate.match(CERTIFICATE) ?? [];
    const fits = new X509Certificate(leaf).checkPrivateKey(createPrivateKey(key));
    if (!fits) throw new Error('it is not the key of the certificate');
    return undefined;
  } catch (error) {
    return unusable('The private key in tls.client', error);
  }
}

function unusable(part: string, error: unknown): Fault {
  const reason = error instanceof Error ? error.message : String(error);
  return fault('PROBER_INVALID_CHECK', `${part} cannot be used: ${reason}.`, 'tls');
}
