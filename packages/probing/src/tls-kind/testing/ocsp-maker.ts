// Makes OCSP answers for tests, signed for real, with any part wrong that a test wants wrong.

import { createHash, sign } from 'node:crypto';
import { certificateParts } from '../certificate-parts.ts';
import type { Issued } from './authority.ts';
import { bits, der, explicit, objectIdentifier, octets, sequence, time } from './der-writer.ts';

export interface OcspWish {
  leaf: Issued;
  issuer: Issued;
  status?: 'good' | 'revoked' | 'unknown';
  /** Default: the issuer itself. */
  signer?: Issued;
  /** Certificates sent along. */
  certificates?: Issued[];
  thisUpdateMs?: number;
  /** null: left out. */
  nextUpdateMs?: number | null;
  responderByKey?: boolean;
  hash?: 'sha1' | 'sha256';
  breakSignature?: boolean;
}

const HOUR_MS = 3_600_000;
const HASHES = { sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1' };
const SIGNATURES = { rsa: '1.2.840.113549.1.1.11', ec: '1.2.840.10045.4.3.2' };

export function ocspAnswer(wish: OcspWish): Buffer {
  const { issuer, signer = issuer, certificates = [], breakSignature = false } = wish;
  const data = responseData(wish, signer);
  const signature = sign('sha256', data, signer.privateKey);
  if (breakSignature) signature.writeUInt8(signature.readUInt8(20) ^ 1, 20);
  const kind = signer.privateKey.asymmetricKeyType === 'rsa' ? SIGNATURES.rsa : SIGNATURES.ec;
  const sent = certificates.map(({ certificate }) => certificate.raw);
  const basic = sequence(
    data,
    sequence(objectIdentifier(kind)),
    bits(signature),
    ...(sent.length === 0 ? [] : [explicit(0, sequence(...sent))]),
  );
  const body = sequence(objectIdentifier('1.3.6.1.5.5.7.48.1.1'), octets(basic));
  return sequence(der(0x0a, Buffer.from([0])), explicit(0, body));
}

/** An answer that only refuses. */
export function ocspRefusal(status: number): Buffer {
  return sequence(der(0x0a, Buffer.from([status])));
}

function responseData(wish: OcspWish, signer: Issued): Buffer {
  const { leaf, issuer, hash = 'sha1', responderByKey = false } = wish;
  const now = Date.now();
  const thisUpdateMs = wish.thisUpdateMs ?? now - HOUR_MS;
  const nextUpdateMs = wish.nextUpdateMs === undefined ? now + HOUR_MS : wish.nextUpdateMs;
  const signerParts = partsOf(signer);
  const issuerParts = partsOf(issuer);
  const digest = (bytes: Buffer, by: string) => createHash(by).update(bytes).digest();
  const certId = sequence(
    sequence(objectIdentifier(HASHES[hash]), der(0x05)),
    octets(digest(issuerParts.subjectName, hash)),
    octets(digest(issuerParts.publicKey, hash)),
    der(0x02, Buffer.from(partsOf(leaf).serialNumber, 'hex')),
  );
  const statement = sequence(
    certId,
    statusOf(wish.status ?? 'good', thisUpdateMs),
    time(thisUpdateMs),
    ...(nextUpdateMs === null ? [] : [explicit(0, time(nextUpdateMs))]),
  );
  const responder = responderByKey
    ? explicit(2, octets(digest(signerParts.publicKey, 'sha1')))
    : explicit(1, signerParts.subjectName);
  return sequence(responder, time(thisUpdateMs), sequence(statement));
}

function statusOf(status: 'good' | 'revoked' | 'unknown', atMs: number): Buffer {
  if (status === 'good') return der(0x80);
  return status === 'unknown' ? der(0x82) : explicit(1, time(atMs));
}

function partsOf({ certificate }: Issued) {
  const parts = certificateParts(certificate);
  if (parts === undefined) throw new Error('the certificate of the test cannot be read');
  return parts;
}
