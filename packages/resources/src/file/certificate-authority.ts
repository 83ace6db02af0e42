// The authorities that a check trusts: PEM text as written, or read from the file it names. Proven
// here, so that an agent never meets a certificate it cannot read.

import { X509Certificate } from 'node:crypto';
import { unreadable } from './file-reader.ts';

export type PemReading = { ok: true; pem: string } | { ok: false; message: string; hint: string };

/** A bundle of every public authority is a quarter of this. */
const PEM_LENGTH_MAX = 1024 * 1024;
const BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

export function readAuthorities(written: string, readFile: (path: string) => string): PemReading {
  if (written.includes('-----BEGIN')) return proven(written);
  try {
    return proven(readFile(written));
  } catch (error) {
    const hint = 'write the path of a PEM file, relative to this file, or the PEM text itself';
    return { ok: false, message: unreadable(error), hint };
  }
}

function proven(pem: string): PemReading {
  const hint = 'it needs -----BEGIN CERTIFICATE----- blocks, whole';
  if (pem.length > PEM_LENGTH_MAX)
    return { ok: false, message: 'is larger than 1 MiB', hint: 'name fewer authorities' };
  if (pem.includes('PRIVATE KEY-----')) {
    return {
      ok: false,
      message: 'holds a private key',
      hint: 'name the certificate alone, and keep the key secret',
    };
  }
  const blocks = pem.match(BLOCK) ?? [];
  if (blocks.length === 0) return { ok: false, message: 'holds no certificate', hint };
  const broken = blocks.findIndex((block) => !isCertificate(block));
  if (broken < 0) return { ok: true, pem };
  return {
    ok: false,
    message: `holds an unreadable certificate, number ${broken + 1} of ${blocks.length}`,
    hint,
  };
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).subject !== undefined;
  } catch {
    return false;
  }
}
