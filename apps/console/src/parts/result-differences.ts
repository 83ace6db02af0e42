// In which facts two results differ. Pure. Times are not facts: the waterfalls show them; what is new
// with every run (trace, moments) says nothing and is left out.

import type { ProbeResult } from '@holdfast/resources/result';

export interface Difference {
  fact: string;
  /** Absent where that result has no such fact. */
  one?: string;
  other?: string;
}

const DIFFERENCES_MAX = 40;
const LENGTH_MAX = 200;
/** New with every answer. */
const PASSING = /(^|[._])(date|age|etag|x-request-id|traceId|query_time|\w*_ms|produced_at)$/i;

export function differencesOf(one: ProbeResult, other: ProbeResult): Difference[] {
  const [left, right] = [factsOf(one), factsOf(other)];
  const differences: Difference[] = [];
  for (const fact of new Set([...left.keys(), ...right.keys()])) {
    const [a, b] = [left.get(fact), right.get(fact)];
    if (a === b || PASSING.test(fact)) continue;
    differences.push({
      fact,
      ...(a === undefined ? {} : { one: a }),
      ...(b === undefined ? {} : { other: b }),
    });
  }
  return differences.slice(0, DIFFERENCES_MAX);
}

function factsOf({ key, status, fault, context, detail }: ProbeResult): Map<string, string> {
  const facts = new Map<string, string>([['status', status]]);
  const put = (fact: string, value: unknown): void => {
    if (value === undefined || value === null || facts.size > 400) return;
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    facts.set(fact, text.slice(0, LENGTH_MAX));
  };
  put('location', key.location);
  put('fault', fault?.code);
  const { tls, kernel, ...rest } = context;
  for (const [name, value] of Object.entries(rest)) put(name, value);
  put('retransmits', kernel?.retransmits);
  put('tls.version', tls?.version);
  put('tls.cipher', tls?.cipher);
  put('tls.alpn', tls?.alpn);
  put('tls.verified', tls?.verified);
  put('tls.certificate', tls?.chain[0]?.fingerprint256);
  put('tls.issuer', tls?.chain[0]?.issuer);
  for (const [name, value] of Object.entries(detail)) {
    if (name === 'headers' && typeof value === 'object' && value !== null)
      for (const [header, text] of Object.entries(value)) put(`headers.${header}`, text);
    else put(name, value);
  }
  return facts;
}
