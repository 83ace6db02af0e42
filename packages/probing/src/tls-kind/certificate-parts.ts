// The parts of a certificate that OCSP speaks of and Node does not hand out: the name and the key as
// the bytes they are hashed by (RFC 5280 section 4.1, RFC 6960 section 4.1.1).

import type { X509Certificate } from 'node:crypto';
import { bitsOf, contextTag, type DerValue, readDer, TAG, valuesOf } from './der.ts';

export interface CertificateParts {
  /** Without leading zeros. */
  serialNumber: string;
  /** The subject's name, DER. */
  subjectName: Buffer;
  /** The bits of the public key, without their kind. */
  publicKey: Buffer;
}

/** undefined when the certificate is not written as we know it. */
export function certificateParts(certificate: X509Certificate): CertificateParts | undefined {
  const [toBeSigned] = valuesOf(readDer(certificate.raw, TAG.sequence)) ?? [];
  const fields = valuesOf(toBeSigned) ?? [];
  // Version 1 leaves its number out.
  const [serial, , , , subject, key] = fields[0]?.tag === contextTag(0) ? fields.slice(1) : fields;
  const publicKey = bitsOf(valuesOf(key)?.[1]);
  const serialNumber = serialOf(serial);
  if (subject === undefined || publicKey === undefined || serialNumber === undefined) {
    return undefined;
  }
  return { serialNumber, subjectName: subject.whole, publicKey };
}

/** A serial number as text that can be compared. */
export function serialOf(value: DerValue | undefined): string | undefined {
  if (value?.tag !== TAG.integer) return undefined;
  return value.content.toString('hex').replace(/^(?:00)+(?=.)/, '');
}
