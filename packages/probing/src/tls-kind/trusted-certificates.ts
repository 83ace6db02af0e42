// The authorities of a check as certificates, to find the issuer that a server need not show because
// it is a root. Those of the system are not searched: no public root issues servers' certificates.

import { X509Certificate } from 'node:crypto';
import { BoundedCache } from '../bounded-cache.ts';

const LISTS_MAX = 64;
/** A whole system's store has some 150. */
const CERTIFICATES_MAX = 200;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

const lists = new BoundedCache<string, readonly X509Certificate[]>(LISTS_MAX);

/** `ca` is PEM that a secure context was made of, so it can be read. */
export function trustedCertificates(ca: string | undefined): readonly X509Certificate[] {
  if (ca === undefined) return [];
  const known = lists.get(ca);
  if (known !== undefined) return known;
  const blocks = (ca.match(CERTIFICATE) ?? []).slice(0, CERTIFICATES_MAX);
  const list = blocks.map((block) => new X509Certificate(block));
  lists.set(ca, list);
  return list;
}
