// The parts that compiled checks of several kinds have in common.

import type { CheckSpec } from '../check.ts';
import type { IpPreference, TlsSpec } from '../compiled-check.ts';

export function ipOf({ ip }: Pick<CheckSpec, 'ip'>): IpPreference {
  return ip === undefined ? 'any' : ip === 4 ? '4' : ip === 6 ? '6' : ip;
}

/** Of a check, or of a token. */
export function tlsOf({ tls }: Pick<CheckSpec, 'tls'>): TlsSpec {
  const { serverName, ca, verify = true, client } = tls ?? {};
  return { verify, ...defined({ serverName, ca, client }) };
}

/** Absent where nothing is written: the prober has the same default. */
export function tlsIfWritten(spec: CheckSpec): { tls?: TlsSpec } {
  return spec.tls === undefined ? {} : { tls: tlsOf(spec) };
}

/** What may be written alone or as a list, as a list. */
export function listOf<T extends string>(written: T | readonly T[] | undefined): T[] {
  return written === undefined ? [] : typeof written === 'string' ? [written] : [...written];
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the fields that are undefined: absent and undefined differ in what is compiled. */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}
