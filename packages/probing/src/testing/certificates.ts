// Certificates for tests, one of each kind of wrong, made anew in each process: nothing that could
// expire lies in the tree.

import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

export interface ServerCertificate {
  /** PEM, leaf first. */
  cert: string;
  /** PEM. */
  key: string;
}

export interface TestCertificates {
  /** PEM of the authority that issued all but the self-signed one. */
  ca: string;
  good: ServerCertificate;
  expired: ServerCertificate;
  notYetValid: ServerCertificate;
  selfSigned: ServerCertificate;
  wrongName: ServerCertificate;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
/** The good one is good for so long: tests of `certificateDays` count on it. */
export const GOOD_DAYS = 30;

let made: Promise<TestCertificates> | undefined;

export function testCertificates(): Promise<TestCertificates> {
  made ??= make();
  return made;
}

async function make(): Promise<TestCertificates> {
  cryptoProvider.set(webcrypto as Crypto);
  const keys = await newKeys();
  const authority = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=Test authority',
    ...validity(-400, 400),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new BasicConstraintsExtension(true, 2, true)],
  });
  const issue = issuer(authority, keys);
  return {
    ca: authority.toString('pem'),
    good: await issue('02', validity(-1, GOOD_DAYS)),
    expired: await issue('03', validity(-90, -1)),
    notYetValid: await issue('04', validity(1, 90)),
    wrongName: await issue('05', validity(-1, 90), 'other.test'),
    selfSigned: await selfSigned(),
  };
}

function issuer(authority: X509Certificate, authorityKeys: webcrypto.CryptoKeyPair) {
  return async (
    serialNumber: string,
    valid: Validity,
    name = 'localhost',
  ): Promise<ServerCertificate> => {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      serialNumber,
      subject: `CN=${name}, O=Holdfast tests`,
      issuer: authority.subject,
      ...valid,
      publicKey: keys.publicKey,
      signingKey: authorityKeys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [alternativeNames(name)],
    });
    const cert = `${certificate.toString('pem')}\n${authority.toString('pem')}\n`;
    return { cert, key: await privateKeyPem(keys) };
  };
}

async function selfSigned(): Promise<ServerCertificate> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '06',
    name: 'CN=localhost',
    ...validity(-1, 90),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [alternativeNames('localhost')],
  });
  return { cert: certificate.toString('pem'), key: await privateKeyPem(keys) };
}

interface Validity {
  notBefore: Date;
  notAfter: Date;
}

function validity(fromDays: number, toDays: number): Validity {
  const now = Date.now();
  return {
    notBefore: new Date(now + fromDays * DAY_MS),
    notAfter: new Date(now + toDays * DAY_MS),
  };
}

/** The name, and the loopback address for the certificates of `localhost`. */
function alternativeNames(name: string): SubjectAlternativeNameExtension {
  const address = name === 'localhost' ? [{ type: 'ip' as const, value: '127.0.0.1' }] : [];
  return new SubjectAlternativeNameExtension([{ type: 'dns', value: name }, ...address]);
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, [
    'sign',
    'verify',
  ]) as Promise<webcrypto.CryptoKeyPair>;
}

async function privateKeyPem({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey));
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n');
}
