// An authority of the test's own, with its keys at hand: it issues certificates and lets OCSP answers
// be signed. Made anew in each process, so nothing that could expire lies in the tree.

import 'reflect-metadata';
import { KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate with its key, and the chain above it. */
export interface Issued {
  certificate: X509Certificate;
  privateKey: KeyObject;
  /** PEM, as a server shows them: leaf first. */
  cert: string;
  /** PEM. */
  key: string;
}

export interface IssueWish {
  issuer?: Issued;
  name?: string;
  /** Default: localhost and 127.0.0.1. */
  names?: JsonGeneralName[];
  authority?: boolean;
  /** Object identifiers of extended purposes. */
  purposes?: string[];
  rsaBits?: number;
  hash?: 'SHA-1' | 'SHA-256';
  fromDays?: number;
  toDays?: number;
}

const DAY_MS = 86_400_000;
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const LOCAL: JsonGeneralName[] = [
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
];
let issuedSoFar = 16;

/** Without an issuer it signs itself. */
export async function issue(wish: IssueWish = {}): Promise<Issued> {
  cryptoProvider.set(webcrypto as Crypto);
  const { issuer, name = 'localhost', rsaBits, hash = 'SHA-256' } = wish;
  const keys = await newKeys(rsaBits);
  issuedSoFar += 1;
  const signer = issuer === undefined ? keys.privateKey : await signingKey(issuer, hash);
  const made = await X509CertificateGenerator.create({
    serialNumber: issuedSoFar.toString(16).padStart(4, '0'),
    subject: `CN=${name}`,
    issuer: issuer?.certificate.subject ?? `CN=${name}`,
    notBefore: new Date(Date.now() + (wish.fromDays ?? -2) * DAY_MS),
    notAfter: new Date(Date.now() + (wish.toDays ?? 30) * DAY_MS),
    publicKey: keys.publicKey,
    signingKey: signer,
    signingAlgorithm: { ...signer.algorithm, hash } as never,
    extensions: extensionsOf(wish),
  });
  const privateKey = KeyObject.from(keys.privateKey);
  return {
    certificate: new X509Certificate(Buffer.from(made.rawData)),
    privateKey,
    cert: `${made.toString('pem')}\n${issuer?.cert ?? ''}`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

export function authority(name = 'Authority'): Promise<Issued> {
  return issue({ name, names: [], authority: true });
}

/** A leaf under so many certificates, the root among them. */
export async function longChain(length: number): Promise<{ ca: string; leaf: Issued }> {
  const root = await authority('Root');
  let issuer = root;
  for (let made = 2; made < length; made += 1) {
    issuer = await issue({ issuer, name: `Level ${made}`, names: [], authority: true });
  }
  return { ca: root.cert, leaf: await issue({ issuer }) };
}

function extensionsOf({ names = LOCAL, authority = false, purposes }: IssueWish): Extension[] {
  const extensions: Extension[] = [new BasicConstraintsExtension(authority, undefined, true)];
  if (names.length > 0) extensions.push(new SubjectAlternativeNameExtension(names));
  if (purposes !== undefined) extensions.push(new ExtendedKeyUsageExtension(purposes));
  return extensions;
}

function newKeys(rsaBits: number | undefined): Promise<webcrypto.CryptoKeyPair> {
  const rsa = {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: rsaBits ?? 0,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  };
  return webcrypto.subtle.generateKey(rsaBits === undefined ? CURVE : rsa, true, [
    'sign',
    'verify',
  ]) as Promise<webcrypto.CryptoKeyPair>;
}

function signingKey({ privateKey }: Issued, hash: string): Promise<webcrypto.CryptoKey> {
  const algorithm =
    privateKey.asymmetricKeyType === 'rsa' ? { name: 'RSASSA-PKCS1-v1_5', hash } : CURVE;
  const bytes = privateKey.export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', bytes, algorithm, false, ['sign']);
}
