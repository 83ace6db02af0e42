// The answer of a token endpoint: a token with its lifetime, or why there is none (RFC 6749 sections
// 5.1 and 5.2). What the endpoint says is cut and stripped to printable ASCII before it is told.

import { type Fault, fault } from '@holdfast/kernel';
import type { Outcome } from '../prober.ts';

export interface Token {
  value: string;
  /** From the answer on, in ms. */
  lifetimeMs: number;
}

/** RFC 6749 lets an endpoint leave it out. */
const LIFETIME_MS_DEFAULT = 300_000;
const LIFETIME_MS_MAX = 24 * 3_600_000;
const TOKEN_LENGTH_MAX = 16 * 1024;
/** As a header takes it; RFC 6749 appendix A.12. */
const TOKEN = /^[\x20-\x7e]+$/;
const SAID_LENGTH_MAX = 200;

export function readTokenAnswer(endpoint: string, status: number, text: string): Outcome<Token> {
  const fields = parsed(text);
  if (status !== 200) {
    return refused(endpoint, `answered with status ${status}${saidBy(fields)}`);
  }
  const { access_token: value, expires_in: seconds } = fields;
  if (typeof value !== 'string' || value.length > TOKEN_LENGTH_MAX || !TOKEN.test(value)) {
    return refused(
      endpoint,
      `answered with status 200 and no usable access_token${saidBy(fields)}`,
    );
  }
  return { ok: true, value: { value, lifetimeMs: lifetimeMs(seconds) } };
}

export function tokenFault(endpoint: string, what: string): Fault {
  return fault('PROBER_TOKEN_REFUSED', `The token endpoint ${endpoint} ${what}.`);
}

function refused(endpoint: string, what: string): { ok: false; fault: Fault } {
  return { ok: false, fault: tokenFault(endpoint, what) };
}

/** Some endpoints write the number as a text. */
function lifetimeMs(seconds: unknown): number {
  const ms = Number(seconds ?? Number.NaN) * 1000;
  if (!Number.isFinite(ms)) return LIFETIME_MS_DEFAULT;
  return Math.min(LIFETIME_MS_MAX, Math.max(0, ms));
}

function saidBy({ error, error_description: description }: Record<string, unknown>): string {
  if (typeof error !== 'string') return '';
  const more = typeof description === 'string' ? ` (${printable(description)})` : '';
  return `: ${printable(error)}${more}`;
}

function printable(text: string): string {
  return text.slice(0, SAID_LENGTH_MAX).replace(/[^\x20-\x7e]/g, '?');
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
