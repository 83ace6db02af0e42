// What a TLS measurement brings back: for keeping (detail, bounded) and for judging (the evidence,
// which is forgotten after the judgement).

import type { TlsCheckSpec } from '@holdfast/resources/compiled-check';
import type { Observation } from '../prober.ts';
import type { HandshakeMarks } from './handshake-marks.ts';
import type { Revocation } from './revocation.ts';
import type { TlsEvidence } from './tls-evidence.ts';

export interface TlsObservation extends Observation {
  /** Whenever the handshake came to its end. */
  evidence?: TlsEvidence;
  /** Wall time at the end of the measurement. */
  atMs: number;
}

export const DAY_MS = 86_400_000;
const SHOWN_NAMES_MAX = 20;

/** How far the certificate still holds, in days; negative once it has expired. */
export function certificateDays({ evidence, atMs }: TlsObservation): number | undefined {
  const leaf = evidence?.tls.chain[0];
  return leaf === undefined ? undefined : (leaf.validToMs - atMs) / DAY_MS;
}

/** Of our own work after the handshake, in ms. */
export interface VerificationTimes {
  verificationMs: number;
  /** From the first byte of the handshake until our verdict. */
  chainVerifiedMs: number;
}

export function tlsDetail(
  spec: TlsCheckSpec,
  evidence: TlsEvidence,
  marks: HandshakeMarks,
  times: VerificationTimes,
  atMs: number,
): Record<string, unknown> {
  const { tls, ephemeralKey, chainLength, revocation } = evidence;
  const [leaf] = tls.chain;
  return withoutAbsent({
    start_tls: spec.startTls,
    tls_version: tls.version,
    cipher: tls.cipher,
    key_exchange: ephemeralKey.name ?? ephemeralKey.type ?? 'RSA',
    key_exchange_bits: ephemeralKey.size,
    alpn: tls.alpn,
    session_reused: false,
    verified: tls.verified,
    verify_error: tls.verifyError,
    chain_length: chainLength,
    certificate_days: leaf && round((leaf.validToMs - atMs) / DAY_MS, 100),
    san: leaf?.names.slice(0, SHOWN_NAMES_MAX),
    san_count: leaf?.names.length,
    ocsp: ocspDetail(revocation),
    marks: withoutAbsent({
      certificate_received_ms: microseconds(marks.certificateReceivedMs),
      keys_agreed_ms: microseconds(marks.keysAgreedMs),
      chain_verified_ms: microseconds(times.chainVerifiedMs),
    }),
    verification_ms: microseconds(times.verificationMs),
  });
}

function ocspDetail(revocation: Revocation): Record<string, unknown> {
  const { stapled, status, producedAtMs, thisUpdateMs, nextUpdateMs, cached, problem } = revocation;
  return withoutAbsent({
    stapled,
    status,
    produced_at: instant(producedAtMs),
    this_update: instant(thisUpdateMs),
    next_update: instant(nextUpdateMs),
    cached,
    problem,
  });
}

function withoutAbsent(facts: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

function instant(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

function microseconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : round(ms, 1000);
}

function round(value: number, parts: number): number {
  return Math.floor(value * parts) / parts;
}
