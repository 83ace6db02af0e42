// A certificate for the demo that is trusted by its own authority and about to expire, made anew at
// each start. Keys never leave memory.

import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

export interface DemoCertificate {
  /** PEM of the authority, for the check's `tls.ca`. */
  authority: string;
  /** PEM of the leaf. */
  certificate: string;
  /** PEM of its key. */
  key: string;
}

const DAY_MS = 86_400_000;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export async function createDemoCertificate(
  nowMs: number,
  validMs: number,
): Promise<DemoCertificate> {
  x509.cryptoProvider.set(webcrypto as Crypto);
  const authorityKeys = await generateKeys();
  const leafKeys = await generateKeys();
  const notBefore = new Date(nowMs - DAY_MS);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=Holdfast demo authority',
    notBefore,
    notAfter: new Date(nowMs + 365 * DAY_MS),
    keys: authorityKeys,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  const leaf = await x509.X509CertificateGenerator.create({
    serialNumber: '02',
    subject: 'CN=shop.demo.holdfast',
    issuer: authority.subject,
    notBefore,
    notAfter: new Date(nowMs + validMs),
    publicKey: leafKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
    ],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', leafKeys.privateKey);
  return {
    authority: authority.toString('pem'),
    certificate: leaf.toString('pem'),
    key: x509.PemConverter.encode(key, 'PRIVATE KEY'),
  };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}
