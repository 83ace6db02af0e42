// A chain as public servers show it, made anew for each run: a root, an intermediate and a leaf, all
// on P-256. The server shows leaf and intermediate; clients trust the root alone.

import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

export interface TargetCertificates {
  /** PEM: leaf, then intermediate. */
  chain: string;
  /** PEM, PKCS #8. */
  key: string;
  /** PEM of the root. */
  ca: string;
}

interface Party {
  certificate: X509Certificate;
  keys: webcrypto.CryptoKeyPair;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

export async function makeCertificates(serverName: string): Promise<TargetCertificates> {
  const root = await issue('Holdfast bench root', undefined, undefined);
  const intermediate = await issue('Holdfast bench intermediate', root, undefined);
  const leaf = await issue(serverName, intermediate, serverName);
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', leaf.keys.privateKey));
  return {
    chain: `${leaf.certificate.toString('pem')}\n${intermediate.certificate.toString('pem')}\n`,
    key: `-----BEGIN PRIVATE KEY-----\n${key.toString('base64')}\n-----END PRIVATE KEY-----\n`,
    ca: root.certificate.toString('pem'),
  };
}

/** Without an issuer the certificate signs itself; without a server name it is an authority. */
async function issue(
  commonName: string,
  issuer: Party | undefined,
  serverName: string | undefined,
): Promise<Party> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const nowMs = Date.now();
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${commonName}`,
    issuer: issuer?.certificate.subject ?? `CN=${commonName}`,
    notBefore: new Date(nowMs - DAY_MS),
    notAfter: new Date(nowMs + DAY_MS),
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: extensionsFor(serverName),
  });
  return { certificate, keys };
}

function extensionsFor(serverName: string | undefined) {
  if (serverName === undefined) {
    return [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ];
  }
  return [new SubjectAlternativeNameExtension([{ type: 'dns', value: serverName }])];
}
